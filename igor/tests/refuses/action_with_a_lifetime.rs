#[igor::action("chat.say")]
fn say<'a>() -> &'a str {
    "hello"
}

fn main() {}
