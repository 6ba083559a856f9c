#[igor::data]
enum Line {
    #[serde(skip)]
    Said,
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
