//! How long a call has left, and whether anybody still waits for it.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::action::context::CallContext;

/// How long the call may still run: the smallest of what its caller, the action's `timeout` and
/// [`CallLimits`](crate::CallLimits) allow.
#[derive(Clone, Copy, Debug, Default)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    pub(super) fn new(at: Option<Instant>) -> Self {
        Deadline(at)
    }

    /// The time that is left; `None` when there is no bound, zero when it is over.
    pub fn remaining(&self) -> Option<Duration> {
        self.0.map(|at| at.saturating_duration_since(Instant::now()))
    }
}

impl From<Duration> for Deadline {
    /// A deadline outside of a server, to call an action as the plain function that it is.
    fn from(within: Duration) -> Self {
        Deadline(Instant::now().checked_add(within))
    }
}

/// Whether the call is over, because its caller cancelled it or is gone, or its deadline passed.
///
/// An `async` action is dropped at its next `.await` and need not ask, unless it is `no_cancel`.
/// One that is `blocking` runs on until it returns, and asks now and then. Outside of a server,
/// `Cancelled::default()` never is.
#[derive(Clone, Debug, Default)]
pub struct Cancelled(Option<Arc<CallContext>>);

impl Cancelled {
    pub(super) fn new(context: &Arc<CallContext>) -> Self {
        Cancelled(Some(Arc::clone(context)))
    }

    /// Whether nobody waits for the result any more.
    pub fn is_set(&self) -> bool {
        self.0.as_ref().is_some_and(|context| context.is_over())
    }
}
