#[igor::data]
#[derive(Debug, igor::serde::Serialize)]
struct Line {
    text: String,
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
