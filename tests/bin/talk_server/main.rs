//! A server that does all that a call can be, for the tests of the TypeScript client: bound to the
//! test that starts it, with sessions that are kept for so many milliseconds.

mod endings;
mod guards;
mod inputs;
mod notes;
mod processes;
mod requests;

use std::env;
use std::future::pending;
use std::time::Duration;

use igor::{Config, Scope, Server, Traceparent};
use igor_tests::Bench;

use crate::notes::Notes;

/// Lets so many go on that wait for it.
#[igor::action("talk.allow")]
fn allow(permits: u32, bench: Scope<Bench>) {
    bench.allow(permits as usize);
}

/// Says to which trace the call belongs.
#[igor::action("talk.trace")]
fn trace(trace: Traceparent) -> Option<String> {
    trace.as_str().map(str::to_owned)
}

#[tokio::main]
async fn main() -> igor::Result<()> {
    let (bench, _heard) = Bench::new();
    let notes = Notes::default();
    let layer = {
        let notes = notes.clone();
        move |call, next| guards::layer(notes.clone(), call, next)
    };
    let mut config = Config::default();
    if let Some(millis) = env::args().nth(1).and_then(|word| word.parse().ok()) {
        config.session.grace = Duration::from_millis(millis);
    }
    let server = Server::new(config).scope(bench).scope(notes).layer(layer);
    server.bind().await?.run_until(pending()).await
}
