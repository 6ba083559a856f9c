#[igor::data]
struct Line {
    #[serde(optional)]
    text: String,
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
