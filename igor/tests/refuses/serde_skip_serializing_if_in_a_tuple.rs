#[igor::data]
struct Line(String, #[serde(default, skip_serializing_if = "String::is_empty")] String);

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
