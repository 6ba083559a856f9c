//! How the connection of a remote is.

use std::sync::Arc;

/// How a connection is. It is made again by itself until it is [`Lost`](Status::Lost) or
/// [`Closed`](Status::Closed).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// There was none yet.
    Connecting,
    /// It stands.
    Open,
    /// It is lost and being looked for, for this reason.
    Resuming(Arc<str>),
    /// It will not come back, for this reason.
    Lost(Arc<str>),
    /// The remote was closed, or the last of its handles dropped.
    Closed,
}
