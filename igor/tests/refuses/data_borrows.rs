#[igor::data]
struct Line<'a> {
    text: &'a str,
}

fn main() {}
