#[igor::data]
#[derive(Clone, Copy)]
union Line {
    number: u32,
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
