#[igor::data]
#[serde(rename_all(serialize = "camelCase"))]
struct Line {
    said_text: String,
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
