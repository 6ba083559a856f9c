#[igor::data]
struct Line {
    #[cfg_attr(unix, serde(rename = "said"))]
    text: String,
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
