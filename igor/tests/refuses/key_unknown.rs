#[igor::action("chat.say", retry = 3)]
fn say(text: String) {
    drop(text);
}

fn main() {}
