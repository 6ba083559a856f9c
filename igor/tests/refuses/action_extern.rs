#[igor::action("chat.say")]
extern "C" fn say() {}

fn main() {}
