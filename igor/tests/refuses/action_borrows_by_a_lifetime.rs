use std::borrow::Cow;

#[igor::action("chat.say")]
fn say<'a>(text: Cow<'a, str>) {
    println!("{text}");
}

fn main() {}
