#[igor::action("chat.say")]
fn say(text: Option<&str>) {
    println!("{text:?}");
}

fn main() {}
