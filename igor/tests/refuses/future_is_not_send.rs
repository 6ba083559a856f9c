use std::rc::Rc;

async fn pause() {}

#[igor::action("chat.say")]
async fn say(text: String) -> String {
    let text = Rc::new(text);
    pause().await;
    text.to_string()
}

fn main() {}
