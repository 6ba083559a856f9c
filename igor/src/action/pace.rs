//! When a call that sends much lets others run.
//!
//! The runtime lets a task do 128 things before it has others run. Were each item one of them, a
//! stream of small ones would stop after 128: what they cost is in part the stop itself, and that
//! each has what came before it written by itself.

use std::sync::atomic::{AtomicUsize, Ordering};

/// So much is one thing that a task does.
const UNIT_BYTES: usize = 1 << 10;

/// What it takes to write an item, beside its bytes.
const ITEM_BYTES: usize = 64;

/// What was sent since the last thing was counted.
#[derive(Debug, Default)]
pub(crate) struct Pace(AtomicUsize);

impl Pace {
    /// Counts an item of so many bytes. Of two that are sent at the same time one may be missed.
    pub(super) fn count(&self, bytes: usize) {
        let before = self.0.load(Ordering::Relaxed);
        self.0.store(before + ITEM_BYTES + bytes, Ordering::Relaxed);
    }

    /// Whether what was sent is to be counted as one thing; it is forgotten then.
    pub(super) fn is_due(&self) -> bool {
        let is_due = self.0.load(Ordering::Relaxed) >= UNIT_BYTES;
        if is_due {
            self.0.store(0, Ordering::Relaxed);
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_small_items_count_as_one_and_each_large_one_by_itself() {
        let pace = Pace::default();
        let due = |bytes: usize, items: usize| {
            let is_due = |_: &usize| {
                pace.count(bytes);
                pace.is_due()
            };
            (0..items).filter(is_due).count()
        };
        assert_eq!(due(0, UNIT_BYTES / ITEM_BYTES * 10), 10);
        assert_eq!(due(UNIT_BYTES, 10), 10);
    }
}
