struct Words;

#[igor::data]
struct Line {
    words: Words,
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
