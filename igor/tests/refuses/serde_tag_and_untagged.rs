#[igor::data]
#[serde(tag = "kind", untagged)]
enum Line {
    Said { text: String },
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
