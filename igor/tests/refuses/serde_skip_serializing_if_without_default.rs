#[igor::data]
struct Line {
    #[serde(skip_serializing_if = "String::is_empty")]
    text: String,
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
