#[igor::data]
fn line() {}

fn main() {}
