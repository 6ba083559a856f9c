//! How the connection of a remote is.

use std::sync::Arc;

/// How a connection is; it comes back by itself until it is `Lost` or `Closed`.
#[derive(Clone, Debug, PartialEq, Eq)]
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
