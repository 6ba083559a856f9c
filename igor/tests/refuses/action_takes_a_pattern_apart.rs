#[igor::action("chat.say")]
fn say((room, text): (String, String)) {
    println!("{room}: {text}");
}

fn main() {}
