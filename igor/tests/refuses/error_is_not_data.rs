#[derive(Debug, thiserror::Error)]
#[error("no")]
struct SayError;

#[igor::action("chat.say")]
async fn say(text: String) -> Result<String, SayError> {
    Ok(text)
}

fn main() {}
