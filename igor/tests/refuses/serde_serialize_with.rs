#[igor::data]
struct Line {
    #[serde(serialize_with = "join")]
    words: Vec<String>,
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
