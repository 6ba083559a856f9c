use igor::__private::ts_rs::{Config, TS};

// It has the traits of serde and ts-rs, as a type of another crate may have them, and no schema.
#[derive(igor::serde::Serialize, igor::serde::Deserialize)]
#[serde(crate = "igor::serde")]
struct Words(String);

impl TS for Words {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(_config: &Config) -> String {
        "string".to_owned()
    }

    fn inline(_config: &Config) -> String {
        "string".to_owned()
    }
}

#[igor::data]
struct Line {
    words: Words,
}

#[igor::action("chat.say")]
fn say(line: Line) -> Line {
    line
}

fn main() {}
