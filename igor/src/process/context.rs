//! What a process can reach.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::hub::{ClientId, Hub};
use crate::scope::Scope;
use crate::session::Session;
use crate::shared::SharedRef;
use crate::stats::Stats;

/// What a process can reach: everybody, the scope, and any client's session by its id.
#[derive(Debug)]
pub struct ProcessContext {
    name: &'static str,
    hub: Hub,
    shared: SharedRef,
    /// Cancelled when it is to stop.
    stopping: CancellationToken,
    /// How long it may take to stop.
    patience: Duration,
}

impl ProcessContext {
    pub(super) fn new(
        name: &'static str,
        shared: SharedRef,
        stopping: CancellationToken,
        patience: Duration,
    ) -> Self {
        ProcessContext { name, hub: shared.hub.for_process(name), shared, stopping, patience }
    }

    /// The name of the process.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The hub. Events that are sent by it say which process they come from.
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// The ids of all clients, including those that are away while their sessions are kept.
    pub fn clients(&self) -> Vec<ClientId> {
        self.hub.all().members()
    }

    /// The server's scope of type `T`.
    ///
    /// # Errors
    ///
    /// `internal` where the server was given none.
    pub fn scope<T: Send + Sync + 'static>(&self) -> Result<Scope<T>, Error> {
        self.shared.scopes.find()
    }

    /// The session value of type `T` of a client; `None` when there is no such client.
    pub fn session<T: Default + Send + 'static>(&self, client: &ClientId) -> Option<Session<T>> {
        self.shared.sessions.find(client).map(|record| record.value())
    }

    /// What the server counts.
    pub fn stats(&self) -> Stats {
        self.shared.stats()
    }

    /// Whether it is to stop: for a process that blocks. The future of any other is dropped where
    /// it waits.
    pub fn is_stopping(&self) -> bool {
        self.stopping.is_cancelled()
    }

    /// Waits until it is to stop.
    pub(super) async fn stopping(&self) {
        self.stopping.cancelled().await;
    }

    pub(super) fn patience(&self) -> Duration {
        self.patience
    }
}
