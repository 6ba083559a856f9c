use futures_core::Stream;

struct Line;

#[igor::action("chat.history")]
fn history() -> impl Stream<Item = Line> {
    futures_util::stream::iter([Line])
}

fn main() {}
