#[igor::data]
struct Line {
    #[serde(skip_serializing)]
    text: String,
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
