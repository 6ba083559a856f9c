#[igor::action("enter", guard = "may")]
fn enter() {}

fn main() {}
