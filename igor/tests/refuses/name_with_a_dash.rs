#[igor::action("chat.say-it")]
fn say(text: String) {
    drop(text);
}

fn main() {}
