#[igor::data]
struct Line {
    #[serde(rename = "said")]
    #[serde(rename = "say")]
    text: String,
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
