//! Processes, and the actions by which a page has to do with them.

use igor::{ProcessContext, Processes, Scope, Stats};
use igor_tests::Bench;

/// A process says something.
#[igor::event("talk.ticked")]
struct Ticked {
    start: u32,
}

/// Says which start this is, and fails when it is let.
#[igor::process("talk.clock", start = "asked")]
#[derive(Default)]
struct Clock;

impl igor::Process for Clock {
    async fn run(&mut self, cx: &ProcessContext) -> igor::Result<()> {
        let bench: Scope<Bench> = cx.scope()?;
        cx.hub().all().send(&Ticked { start: bench.count() });
        bench.permit().await;
        Err(igor::Error::internal("the spring is broken"))
    }
}

/// Starts a process.
#[igor::action("talk.start")]
fn start(name: String, processes: Scope<Processes>) -> bool {
    processes.named(&name).map(|process| process.start()).is_some()
}

/// Stops a process.
#[igor::action("talk.stop")]
fn stop(name: String, processes: Scope<Processes>) -> bool {
    processes.named(&name).map(|process| process.stop()).is_some()
}

/// What a process does, and why it failed last.
#[igor::action("talk.status")]
fn status(name: String, processes: Scope<Processes>) -> Option<(String, Option<String>)> {
    let status = processes.named(&name)?.status();
    Some((status.state.to_string(), status.last_error.map(|error| error.to_string())))
}

/// How the server fares: clients that are here, open calls, calls that went well.
#[igor::action("talk.stats")]
fn stats(stats: Stats) -> (usize, usize, u64) {
    let went_well = stats.calls.iter().filter(|(code, _)| code.is_none()).map(|(_, count)| count);
    (stats.connected, stats.open_calls, went_well.sum())
}
