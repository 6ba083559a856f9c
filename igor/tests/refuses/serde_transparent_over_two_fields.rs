#[igor::data]
#[serde(transparent)]
struct Line {
    text: String,
    room: String,
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
