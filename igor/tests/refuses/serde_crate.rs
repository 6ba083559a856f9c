#[igor::data]
#[serde(crate = "igor::serde")]
struct Line {
    text: String,
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
