//! How late a busy machine looks at its clock, so that no verdict hangs on that.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::AbortHandle;

/// How often the clock is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// Looks at the clock all the time until it is dropped.
#[derive(Debug)]
pub(crate) struct Lag {
    worst_millis: Arc<AtomicU64>,
    looking: AbortHandle,
}

impl Lag {
    pub(crate) fn start() -> Self {
        let worst_millis = Arc::new(AtomicU64::new(0));
        let worst = Arc::clone(&worst_millis);
        let looking = tokio::spawn(async move {
            loop {
                let since = Instant::now();
                tokio::time::sleep(LOOK).await;
                let late = since.elapsed().saturating_sub(LOOK).as_millis();
                worst.fetch_max(u64::try_from(late).unwrap_or(u64::MAX), Ordering::Relaxed);
            }
        });
        Lag { worst_millis, looking: looking.abort_handle() }
    }

    /// The worst so far. What takes several turns may be late by as many times this.
    pub(crate) fn worst(&self) -> Duration {
        Duration::from_millis(self.worst_millis.load(Ordering::Relaxed))
    }
}

impl Drop for Lag {
    fn drop(&mut self) {
        self.looking.abort();
    }
}
