//! The status of a remote's connection.

use std::sync::Arc;

/// How a connection is. It is made again by itself until it is [`Lost`](Status::Lost) or
/// [`Closed`](Status::Closed).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// There was no connection yet; why not, if it was tried.
    Connecting(Option<Arc<str>>),
    /// There is a connection.
    Open,
    /// It was lost for this reason, and is being made again.
    Resuming(Arc<str>),
    /// It was lost for this reason, and is not made again.
    Lost(Arc<str>),
    /// The remote was closed, or the last of its handles dropped.
    Closed,
}
