//! Processes that block: each has a thread of its own.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// Runs a process on a thread of its own, from which the runtime can be reached.
///
/// # Panics
///
/// When the process panics, or the system has no thread to give.
pub(super) async fn run<T: Send + 'static>(
    name: &'static str,
    running: impl Future<Output = T> + Send + 'static,
) -> T {
    let runtime = Handle::current();
    let (tx, rx) = oneshot::channel();
    let run = move || {
        // Nobody waits any more when the program ends.
        let _ = tx.send(catch_unwind(AssertUnwindSafe(|| runtime.block_on(running))));
    };
    if let Err(cause) = std::thread::Builder::new().name(format!("igor-{name}")).spawn(run) {
        resume_unwind(Box::new(format!("no thread for a process that blocks: {cause}")));
    }
    match rx.await {
        Ok(Ok(ended)) => ended,
        Ok(Err(panic)) => resume_unwind(panic),
        Err(_) => resume_unwind(Box::new("the thread of a process is gone")),
    }
}
