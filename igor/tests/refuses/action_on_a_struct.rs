#[igor::action("chat.say")]
struct Say;

fn main() {}
