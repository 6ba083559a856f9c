use std::time::Duration;

#[igor::data]
struct Pause {
    length: Duration,
}

fn main() {}
