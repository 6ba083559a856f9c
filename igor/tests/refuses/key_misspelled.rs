#[igor::action("chat.say", blockng, timout = "30s")]
fn say(text: String) {
    drop(text);
}

#[igor::event("chat.said", whenslow = "latest")]
struct Said {
    text: String,
}

#[igor::process("clock", restarts = "never")]
#[derive(Default)]
struct Clock;

impl igor::Process for Clock {
    async fn run(&mut self, _cx: &igor::ProcessContext) -> igor::Result<()> {
        Ok(())
    }
}

fn main() {}
