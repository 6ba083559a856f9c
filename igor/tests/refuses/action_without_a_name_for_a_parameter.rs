#[igor::action("chat.say")]
fn say(_: String) {}

fn main() {}
