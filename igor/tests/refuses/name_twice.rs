#[igor::action("chat.say", "chat.tell")]
fn say(text: String) {
    drop(text);
}

fn main() {}
