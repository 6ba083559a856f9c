struct Line;

#[igor::action("chat.last")]
fn last() -> Line {
    Line
}

fn main() {}
