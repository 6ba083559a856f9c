#[igor::data]
struct Words {
    words: Vec<String>,
}

#[igor::data]
struct Line {
    #[serde(flatten, rename = "said")]
    words: Words,
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
