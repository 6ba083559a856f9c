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

    /// Whether what was sent makes up one thing by now, which is taken off then.
    pub(super) fn take_unit(&self) -> bool {
        let is_full = self.0.load(Ordering::Relaxed) >= UNIT_BYTES;
        if is_full {
            self.0.store(0, Ordering::Relaxed);
        }
        is_full
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_small_items_count_as_one_and_each_large_one_by_itself() {
        let pace = Pace::default();
        let units = |bytes: usize, items: usize| {
            let fills_one = |_: &usize| {
                pace.count(bytes);
                pace.take_unit()
            };
            (0..items).filter(fills_one).count()
        };
        assert_eq!(units(0, UNIT_BYTES / ITEM_BYTES * 10), 10);
        assert_eq!(units(UNIT_BYTES, 10), 10);
    }
}
