#[igor::action("chat.say")]
fn say(words: &[String]) {
    println!("{words:?}");
}

fn main() {}
