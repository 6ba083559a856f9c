//! A handler that answers requests, as the program holds it.

use std::fmt;
use std::sync::Arc;

use crate::remote::core::Core;

/// The requests of one type are answered, by the function that [`Remote::handle`] was given.
///
/// Dropped, they still are: as long as the remote lives.
///
/// [`Remote::handle`]: crate::Remote::handle
pub struct Handled {
    core: Arc<Core>,
    name: &'static str,
}

impl Handled {
    pub(super) fn new(core: &Arc<Core>, name: &'static str) -> Self {
        Handled { core: Arc::clone(core), name }
    }

    /// Answers no further ones, so that another may. What was asked before is still answered.
    pub fn stop(self) {
        self.core.with(|state| state.requests.unhandle(self.name));
    }
}

impl fmt::Debug for Handled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Handled").field(&self.name).finish()
    }
}
