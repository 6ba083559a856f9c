#[igor::data]
struct Line {
    #[serde(rename(serialize = "said", deserialize = "say"))]
    text: String,
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
