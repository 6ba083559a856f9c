#[igor::data]
struct Line {
    #[ts(optional)]
    room: Option<String>,
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
