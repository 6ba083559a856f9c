#[igor::data]
struct Line {
    #[serde(with = "words")]
    words: Vec<String>,
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
