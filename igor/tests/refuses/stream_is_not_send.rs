use std::rc::Rc;

use futures_core::Stream;
use futures_util::StreamExt as _;

#[igor::action("chat.history")]
fn history() -> impl Stream<Item = String> {
    let last = Rc::new(String::new());
    futures_util::stream::iter([1, 2]).map(move |_| last.to_string())
}

fn main() {}
