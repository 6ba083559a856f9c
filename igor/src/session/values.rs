//! The typed values of a session: one per type, `Default` at first.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::contained::Contained;

/// The caller's value of type `T`, which lives as long as its session.
///
/// It is read and changed in short closures, so that its lock is never held over an `.await`.
pub struct Session<T>(Arc<Mutex<T>>);

impl<T> Session<T> {
    /// Looks at the value.
    pub fn read<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.value())
    }

    /// Changes the value.
    pub fn write<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        change(&mut self.value())
    }

    /// Puts another value in its place and returns the one before.
    pub fn replace(&self, value: T) -> T {
        self.write(|old| std::mem::replace(old, value))
    }

    fn value(&self) -> MutexGuard<'_, T> {
        // A closure that panicked ended its call; the value is what it left behind.
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl<T: Clone> Session<T> {
    /// A copy of the value.
    pub fn cloned(&self) -> T {
        self.read(T::clone)
    }
}

impl<T> Clone for Session<T> {
    fn clone(&self) -> Self {
        Session(Arc::clone(&self.0))
    }
}

impl<T> From<T> for Session<T> {
    /// A value outside of a server, to call an action as the plain function that it is.
    fn from(value: T) -> Self {
        Session(Arc::new(Mutex::new(value)))
    }
}

impl<T: fmt::Debug> fmt::Debug for Session<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.read(|value| f.debug_tuple("Session").field(value).finish())
    }
}

/// All values of one session, by type.
#[derive(Default)]
pub(crate) struct Values(Mutex<HashMap<TypeId, Contained<Box<dyn Any + Send>>>>);

impl Values {
    /// The value of type `T`, made when it is first asked for.
    pub(crate) fn of<T: Default + Send + 'static>(&self) -> Session<T> {
        let mut values = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let found = values.get(&TypeId::of::<T>()).and_then(Contained::get);
        if let Some(session) = found.and_then(|value| value.downcast_ref::<Session<T>>()) {
            return session.clone();
        }
        let session = Session::from(T::default());
        values.insert(TypeId::of::<T>(), Contained::new(Box::new(session.clone())));
        session
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Values")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_value_per_type_and_it_begins_as_its_default() {
        let values = Values::default();
        values.of::<u32>().write(|value| *value += 1);
        values.of::<u32>().write(|value| *value += 1);
        assert_eq!(values.of::<u32>().cloned(), 2);
        assert_eq!(values.of::<String>().cloned(), "");
    }

    #[test]
    fn a_closure_that_panics_leaves_the_value_usable() {
        let session = Session::from(1);
        let other = session.clone();
        let panicked = std::thread::spawn(move || other.write(|_| panic!("on purpose"))).join();
        assert!(panicked.is_err());
        assert_eq!(session.replace(2), 1);
        assert_eq!(session.cloned(), 2);
    }
}
