//! The end of the server: told once, heard by all, awaited to the end.

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Tells every task to end and waits until each has.
///
/// Clones share one state. Every task that igor spawns is spawned here, so that none outlives the
/// server unnoticed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shutdown {
    told: CancellationToken,
    tasks: TaskTracker,
}

impl Shutdown {
    /// Tells everybody; telling twice changes nothing.
    pub(crate) fn tell(&self) {
        self.told.cancel();
        self.tasks.close();
    }

    /// Whether it was told.
    pub(crate) fn is_told(&self) -> bool {
        self.told.is_cancelled()
    }

    /// Waits until it is told.
    pub(crate) async fn heard(&self) {
        self.told.cancelled().await;
    }

    /// Runs a task that the end of the server waits for.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        drop(self.tasks.spawn(task));
    }

    /// Waits until every task has ended, for at most this long; returns how many still run.
    pub(crate) async fn ended(&self, within: Duration) -> usize {
        let _ = tokio::time::timeout(within, self.tasks.wait()).await;
        self.left()
    }

    /// How many tasks are still running.
    pub(crate) fn left(&self) -> usize {
        self.tasks.len()
    }
}
