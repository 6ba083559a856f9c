#[igor::event("chat.said", volatile)]
struct Said {
    text: String,
}

fn main() {}
