#[igor::action("enter", concurrency = 0)]
fn enter() {}

#[igor::action("leave", concurrency = "many")]
fn leave() {}

fn main() {}
