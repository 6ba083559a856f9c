#[igor::data]
struct Line {
    #[serde(rename)]
    text: String,
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
