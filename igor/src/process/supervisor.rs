//! Starts processes, starts them again when they fail, and tells clients of their end.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::time::Instant;
use tracing::{error, info};

use crate::error::Error;
use crate::process::{Factory, ProcessContext, ProcessDescriptor, Restart};
use crate::shared::SharedRef;

/// The first pause before a process that failed is started again; it doubles with each failure.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A process that ran so long has recovered: the next pause is the shortest again.
const RECOVERED: Duration = Duration::from_secs(60);

/// Runs a process until it has ended for good or the server ends.
pub(crate) async fn supervise(
    process: &'static ProcessDescriptor,
    factory: Factory,
    shared: SharedRef,
) {
    let name = process.name;
    let mut pause = SHORTEST_PAUSE;
    loop {
        let started = Instant::now();
        let ended = tokio::select! {
            ended = run_once(name, &factory, &shared) => ended,
            () = shared.shutdown.heard() => return,
        };
        let log_id = ended.as_ref().err().and_then(|cause| {
            let log_id = Error::internal(cause.to_string()).logged_as();
            error!(process = name, log_id, %cause, "process failed");
            log_id
        });
        let is_again = match process.restart {
            Restart::Always => true,
            Restart::OnFailure => ended.is_err(),
            Restart::Never => false,
        };
        if !is_again {
            info!(process = name, "process ended");
            shared.hub.tell_ended(name, log_id.as_deref());
            return;
        }
        if started.elapsed() >= RECOVERED {
            pause = SHORTEST_PAUSE;
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = shared.shutdown.heard() => return,
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Runs it once; a panic is an error like any other.
async fn run_once(name: &'static str, factory: &Factory, shared: &SharedRef) -> Result<(), Error> {
    let cx = Arc::new(ProcessContext::new(name, Arc::clone(shared)));
    let running = AssertUnwindSafe(async { factory.start(cx).await });
    match running.catch_unwind().await {
        Ok(ended) => ended,
        Err(panic) => Err(Error::from_panic(&*panic)),
    }
}
