#[igor::action("chat.say")]
fn say(text: impl Into<String>) {
    drop(text.into());
}

fn main() {}
