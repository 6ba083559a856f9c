#[igor::action("chat.say", blocking)]
async fn say(text: String) {
    drop(text);
}

fn main() {}
