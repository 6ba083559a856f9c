#[igor::process("clock", start = "noon")]
struct Clock;

impl igor::Process for Clock {
    async fn run(&mut self, _cx: &igor::ProcessContext) -> igor::Result<()> {
        Ok(())
    }
}

fn main() {}
