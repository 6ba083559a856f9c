#[igor::event("chat.said")]
fn said() {}

fn main() {}
