#[igor::action("chat.say")]
fn say(text: String, hub: &igor::Hub) {
    println!("{text} {hub:?}");
}

fn main() {}
