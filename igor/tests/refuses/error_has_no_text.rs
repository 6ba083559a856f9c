#[igor::data]
#[derive(Debug)]
struct SayError {
    limit: u32,
}

#[igor::action("chat.say")]
fn say(text: String) -> Result<String, SayError> {
    if text.is_empty() { Err(SayError { limit: 1 }) } else { Ok(text) }
}

fn main() {}
