//! What every task of a server holds: hub, sessions, scope and shutdown.

use std::sync::Arc;

use crate::error::Error;
use crate::hub::{Hub, RequestLimits};
use crate::outcomes::Outcomes;
use crate::scope::Scopes;
use crate::session::{SessionLimits, Sessions, secret};
use crate::shutdown::Shutdown;
use crate::stats::Stats;
use crate::wire::WireLimits;
use crate::wire::rules::Rules;

/// One for each server; connections, calls and processes share it.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) hub: Hub,
    pub(crate) sessions: Sessions,
    pub(crate) scopes: Scopes,
    pub(crate) shutdown: Shutdown,
    /// How calls ended.
    pub(crate) outcomes: Outcomes,
    /// Random for each server process, so that a client sees that it was restarted.
    pub(crate) epoch: String,
    /// Bytes of the largest message.
    pub(crate) message_bytes: usize,
    /// The rules of the session layer.
    pub(crate) rules: Rules,
}

impl Shared {
    /// What a server of these limits shares from its start.
    pub(crate) fn new(
        scopes: Scopes,
        session: SessionLimits,
        wire: WireLimits,
        requests: RequestLimits,
        rules: Rules,
    ) -> Result<SharedRef, Error> {
        let shutdown = Shutdown::default();
        let hub = Hub::new(wire.message_bytes, requests, shutdown.clone());
        let message_bytes = wire.message_bytes;
        let sessions = Sessions::new(hub.clone(), session, wire, shutdown.clone(), rules);
        let epoch = secret::random::<9>()?;
        let outcomes = Outcomes::default();
        let shared =
            Shared { hub, sessions, scopes, shutdown, outcomes, epoch, message_bytes, rules };
        Ok(Arc::new(shared))
    }

    /// What is counted, as of now.
    pub(crate) fn stats(&self) -> Stats {
        Stats { calls: self.outcomes.counted(), ..self.sessions.stats() }
    }
}

/// The handle that is passed around.
pub(crate) type SharedRef = Arc<Shared>;
