#[igor::data]
type Line = String;

fn main() {}
