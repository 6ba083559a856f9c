#[igor::event("chat.said")]
struct Said<T> {
    text: T,
}

fn main() {}
