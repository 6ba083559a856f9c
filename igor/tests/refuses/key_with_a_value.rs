#[igor::action("chat.say", blocking = true)]
fn say(text: String) {
    drop(text);
}

fn main() {}
