//! Functions that block: each runs on a thread of its own.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use tokio::runtime::Handle;
use tokio::sync::{Semaphore, oneshot};
use tracing::Span;

/// How many run at once in one program; further calls wait until one of them has ended.
const MOST_THREADS: usize = 512;

static PLACES: Semaphore = Semaphore::const_new(MOST_THREADS);

/// Runs a function that blocks on a thread of its own, inside the span of its call.
///
/// It is none of the runtime's threads, for which the end of the program would wait however long
/// the function takes.
///
/// # Panics
///
/// When the function panics, or the system has no thread to give. Either ends the call only.
pub async fn blocking<R: Send + 'static>(function: impl FnOnce() -> R + Send + 'static) -> R {
    let place = PLACES.acquire().await;
    let (runtime, span) = (Handle::current(), Span::current());
    let (tx, rx) = oneshot::channel();
    let run = move || {
        let _inside = (runtime.enter(), span.enter());
        // Nobody waits any more for the result of a call that was cancelled.
        let _ = tx.send(catch_unwind(AssertUnwindSafe(function)));
        drop(place);
    };
    if let Err(cause) = thread::Builder::new().name("igor-blocking".to_owned()).spawn(run) {
        resume_unwind(Box::new(format!("no thread for a function that blocks: {cause}")));
    }
    match rx.await {
        Ok(Ok(returned)) => returned,
        Ok(Err(panic)) => resume_unwind(panic),
        Err(_) => resume_unwind(Box::new("the thread of a function that blocks is gone")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_program_does_not_wait_for_it() {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let (begun, has_begun) = std::sync::mpsc::channel();
        let (end, ends) = std::sync::mpsc::channel::<()>();
        drop(runtime.spawn(blocking(move || {
            begun.send(()).expect("somebody listens");
            ends.recv()
        })));
        has_begun.recv().expect("it begins");
        // Waits for whatever it waits for; with a thread of the runtime, for ever.
        drop(runtime);
        end.send(()).expect("it still runs");
    }

    #[tokio::test]
    async fn it_is_inside_the_runtime_and_may_panic() {
        assert!(blocking(|| Handle::try_current().is_ok()).await);
        let panicked = tokio::spawn(blocking(|| panic!("on purpose"))).await;
        assert!(panicked.expect_err("it panics").is_panic());
    }
}
