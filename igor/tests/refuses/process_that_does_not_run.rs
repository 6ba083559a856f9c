#[igor::process("clock")]
#[derive(Default)]
struct Clock;

fn main() {}
