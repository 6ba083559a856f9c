#[igor::data]
#[serde(content = "of")]
enum Line {
    Said(String),
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
