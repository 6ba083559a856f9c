#[igor::process("clock")]
struct Clock<T>(T);

impl<T: Send + 'static> igor::Process for Clock<T> {
    async fn run(&mut self, _cx: &igor::ProcessContext) -> igor::Result<()> {
        Ok(())
    }
}

fn main() {}
