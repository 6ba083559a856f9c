//! The smallest server: one action, one event, one process. `cargo run -p example-hello`

#[cfg(test)]
mod tests;

use std::time::Duration;

/// Greets somebody.
#[igor::action("hello")]
async fn hello(name: String) -> String {
    format!("Hello, {name}!")
}

/// A second has passed.
#[igor::event("tick")]
pub struct Tick {
    seconds: u32,
}

#[igor::process("clock")]
#[derive(Default)]
struct Clock;

impl igor::Process for Clock {
    async fn run(&mut self, cx: &igor::ProcessContext) -> igor::Result<()> {
        for seconds in 0.. {
            cx.hub().all().send(&Tick { seconds });
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        Ok(())
    }
}

#[tokio::main]
async fn main() -> igor::Result<()> {
    tracing_subscriber::fmt::init(); // a page is told the id of a failure, the log its cause
    let ui = concat!(env!("CARGO_MANIFEST_DIR"), "/ui");
    igor::emit::client(format!("{ui}/igor-client.js"))?;
    igor::Server::new(igor::Config::default()).page(igor::Page::directory(ui)).serve().await
}
