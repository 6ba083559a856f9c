#[igor::data]
#[serde(remote = "std::time::Duration")]
struct Line {
    text: String,
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
