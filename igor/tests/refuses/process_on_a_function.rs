#[igor::process("clock")]
async fn clock() {}

fn main() {}
