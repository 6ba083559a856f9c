#[igor::data]
#[serde(rename_all_fields = "camelCase")]
struct Line {
    said_text: String,
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
