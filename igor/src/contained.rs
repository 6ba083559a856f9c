//! Values of the program's own that end where igor decides it: what their drop panics ends with
//! them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tracing::error;

use crate::error::Error;

/// A value whose drop may panic. It is dropped by its last holder, such as the task that ends
/// sessions, and that has more to do.
#[derive(Clone, Debug)]
pub(crate) struct Contained<T>(Option<T>);

impl<T> Contained<T> {
    pub(crate) fn new(value: T) -> Self {
        Contained(Some(value))
    }

    /// The value, to be dropped by whoever wants it.
    pub(crate) fn into_inner(mut self) -> Option<T> {
        self.0.take()
    }

    /// The value; it is there until the drop.
    pub(crate) fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

impl<T> Drop for Contained<T> {
    fn drop(&mut self) {
        let Some(value) = self.0.take() else { return };
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(value))) {
            let cause = Error::from_panic(&*panic);
            error!(?cause, "a value of the program's own could not be dropped");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fragile;

    impl Drop for Fragile {
        fn drop(&mut self) {
            panic!("on purpose");
        }
    }

    #[test]
    fn a_panic_ends_with_its_value() {
        let values = [Contained::new(Fragile), Contained::new(Fragile)];
        assert!(values.iter().all(|value| value.get().is_some()));
        drop(values);
    }
}
