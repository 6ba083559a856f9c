//! The scope: one value per type, shared by all clients for the life of the server.

use std::any::{Any, TypeId, type_name};
use std::collections::HashMap;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::error::Error;

/// The server's one value of type `T`, as [`Server::scope`](crate::Server::scope) was given it.
///
/// It is shared by every call and process; what changes inside it guards itself, with a mutex or
/// an atomic.
pub struct Scope<T>(Arc<T>);

impl<T> Clone for Scope<T> {
    fn clone(&self) -> Self {
        Scope(Arc::clone(&self.0))
    }
}

impl<T> Deref for Scope<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: fmt::Debug> fmt::Debug for Scope<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Scope").field(&self.0).finish()
    }
}

impl<T> From<T> for Scope<T> {
    /// A scope outside of a server, to call an action as the plain function that it is.
    fn from(value: T) -> Self {
        Scope(Arc::new(value))
    }
}

/// The values of all scopes, by type; fixed once the server listens.
#[derive(Default)]
pub struct Scopes(HashMap<TypeId, Arc<dyn Any + Send + Sync>>);

impl Scopes {
    /// Keeps the value, in place of an earlier one of its type.
    pub(crate) fn insert<T: Send + Sync + 'static>(&mut self, value: T) {
        self.0.insert(TypeId::of::<T>(), Arc::new(value));
    }

    /// The value of type `T`.
    ///
    /// # Errors
    ///
    /// `internal` where the server was given none: a mistake of the program, said at start.
    pub(crate) fn find<T: Send + Sync + 'static>(&self) -> Result<Scope<T>, Error> {
        self.0
            .get(&TypeId::of::<T>())
            .and_then(|value| Arc::clone(value).downcast::<T>().ok())
            .map(Scope)
            .ok_or_else(|| {
                let name = type_name::<T>();
                Error::mistake(format!(
                    "no scope of type `{name}`: give the server one with `.scope(…)`"
                ))
            })
    }
}

impl fmt::Debug for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scopes({})", self.0.len())
    }
}
