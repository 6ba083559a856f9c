//! A place among the calls of a client that may run at once.

use std::sync::Arc;

use crate::session::Record;

/// One of the calls that may run at once; it ends with its drop.
#[derive(Debug)]
pub(super) struct Slot {
    record: Arc<Record>,
    action: &'static str,
}

impl Slot {
    /// The place of a call of this action; its client has one less until it is dropped.
    pub(super) fn new(record: &Arc<Record>, action: &'static str) -> Self {
        Slot { record: Arc::clone(record), action }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.record.usage().end(self.action);
    }
}
