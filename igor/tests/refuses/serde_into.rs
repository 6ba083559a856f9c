#[igor::data]
#[serde(into = "String", from = "String")]
#[derive(Clone)]
struct Line {
    text: String,
}

impl From<Line> for String {
    fn from(line: Line) -> Self {
        line.text
    }
}

impl From<String> for Line {
    fn from(text: String) -> Self {
        Line { text }
    }
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
