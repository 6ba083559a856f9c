//! Where in a value the writing of it failed.

use std::cell::RefCell;

use crate::wire::path::{self, Step};

/// The steps to what could not be written, from the inside out: each container adds its own on
/// the way back up, so that a value that is written whole pays nothing.
#[derive(Debug, Default)]
pub(super) struct Trace(RefCell<Vec<Step>>);

impl Trace {
    /// It was in the value under these keys, the innermost first.
    pub(super) fn keys<'k>(&self, keys: impl IntoIterator<Item = &'k str>) {
        self.0.borrow_mut().extend(keys.into_iter().map(|key| Step::Key(key.to_owned())));
    }

    /// It was in this item.
    pub(super) fn index(&self, index: usize) {
        self.0.borrow_mut().push(Step::Index(index));
    }

    /// The reason, with the path in front.
    pub(super) fn message(&self, reason: &str) -> String {
        path::message(&path::below("", self.0.borrow().iter().rev().cloned()), reason)
    }
}
