#[igor::action("chat.say")]
fn say<T: Into<String>>(text: T) {
    drop(text.into());
}

fn main() {}
