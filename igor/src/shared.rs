//! What every task of a server holds: hub, sessions, scope and shutdown.

use std::sync::Arc;

use crate::hub::Hub;
use crate::scope::Scopes;
use crate::session::Sessions;
use crate::shutdown::Shutdown;

/// One for each server; connections, calls and processes share it.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) hub: Hub,
    pub(crate) sessions: Sessions,
    pub(crate) scopes: Scopes,
    pub(crate) shutdown: Shutdown,
    /// Random for each server process, so that a client sees that it was restarted.
    pub(crate) epoch: String,
    /// Bytes of the largest message.
    pub(crate) message_bytes: usize,
}

/// The handle that is passed around.
pub(crate) type SharedRef = Arc<Shared>;
