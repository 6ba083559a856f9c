#[igor::action("igor.hello")]
fn hello() {}

fn main() {}
