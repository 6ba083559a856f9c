use futures_core::Stream;
use igor::Output;

#[igor::action("chat.import")]
fn import(progress: Output<u32>) -> impl Stream<Item = String> {
    drop(progress);
    futures_util::stream::empty()
}

fn main() {}
