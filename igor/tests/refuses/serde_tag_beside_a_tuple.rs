#[igor::data]
#[serde(tag = "kind")]
enum Line {
    Said(String, String),
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
