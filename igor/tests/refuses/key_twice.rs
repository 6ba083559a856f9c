#[igor::action("chat.say", blocking, blocking)]
fn say(text: String) {
    drop(text);
}

fn main() {}
