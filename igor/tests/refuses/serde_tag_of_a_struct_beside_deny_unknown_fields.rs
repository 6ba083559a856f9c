#[igor::data]
#[serde(tag = "kind", deny_unknown_fields)]
struct Line {
    text: String,
}

fn main() {}
