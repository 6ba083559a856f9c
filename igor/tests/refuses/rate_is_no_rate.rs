#[igor::action("enter", rate = "often")]
fn enter() {}

#[igor::action("leave", rate = "0/s")]
fn leave() {}

fn main() {}
