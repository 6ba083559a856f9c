#[igor::data]
#[serde(rename_all = "camel_case")]
struct Line {
    said_text: String,
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
