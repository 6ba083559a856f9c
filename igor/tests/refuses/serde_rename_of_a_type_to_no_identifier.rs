#[igor::data]
#[serde(rename = "chat-line")]
struct Line {
    text: String,
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
