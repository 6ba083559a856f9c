#[igor::action("chat.say")]
fn say(#[cfg(unix)] text: String) {
    drop(text);
}

fn main() {}
