#[igor::data]
struct Line {
    #[ts(rename = "said")]
    text: String,
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
