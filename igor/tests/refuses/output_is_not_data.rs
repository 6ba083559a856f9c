struct Line;

#[igor::action("chat.say")]
async fn say(lines: igor::Output<Line>) {
    drop(lines);
}

fn main() {}
