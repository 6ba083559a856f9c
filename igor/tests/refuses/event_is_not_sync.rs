use std::cell::Cell;

#[igor::event("chat.said")]
struct Said {
    times: Cell<u32>,
}

fn main() {}
