struct Line {
    text: String,
}

#[igor::action("chat.say")]
async fn say(room: String, line: Line) {
    println!("{room}: {}", line.text);
}

fn main() {}
