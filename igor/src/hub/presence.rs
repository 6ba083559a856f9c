//! Who comes and who goes.

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::hub::ClientId;

/// How many changes are kept for a listener that is busy.
pub(super) const KEPT_CHANGES: usize = 1024;

/// A client that came or left.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PresenceChange {
    /// A session began, or goes on under this name.
    Arrived(ClientId),
    /// A session ended, its grace period over, or goes on under another name.
    Left(ClientId),
    /// The listener was too busy and so many changes are lost; ask for the members again.
    Missed(u64),
}

/// The changes from the moment of [`Hub::presence`](crate::Hub::presence) on.
#[derive(Debug)]
pub struct Presence(Receiver<PresenceChange>);

impl Presence {
    pub(super) fn new(changes: Receiver<PresenceChange>) -> Self {
        Presence(changes)
    }

    /// Waits for the next change; `None` when the server is gone.
    ///
    /// # Cancel safety
    ///
    /// A change is not lost when the future is dropped.
    pub async fn next(&mut self) -> Option<PresenceChange> {
        match self.0.recv().await {
            Ok(change) => Some(change),
            Err(RecvError::Lagged(missed)) => Some(PresenceChange::Missed(missed)),
            Err(RecvError::Closed) => None,
        }
    }
}
