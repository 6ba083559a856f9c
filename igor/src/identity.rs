//! Who a client is, as the program decides it from what the client shows when it connects.

mod authorizer;
mod handshake;

use std::any::{Any, type_name};
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

pub(crate) use authorizer::{Authorizer, Finds};
pub use handshake::Handshake;

use crate::contained::Contained;
use crate::error::Error;

/// Who the caller is: what [`Server::authorize`](crate::Server::authorize) found out when the
/// client connected last.
///
/// ```
/// use igor::Identity;
///
/// #[derive(PartialEq)]
/// struct User {
///     id: u64,
///     is_admin: bool,
/// }
///
/// /// Deletes a room.
/// #[igor::action("room.delete")]
/// fn delete(room: String, user: Identity<User>) -> igor::Result<()> {
///     if !user.is_admin {
///         return Err(igor::Error::forbidden(format!("only admins delete `{room}`")));
///     }
///     Ok(())
/// }
/// ```
pub struct Identity<T>(Arc<T>);

impl<T> Clone for Identity<T> {
    fn clone(&self) -> Self {
        Identity(Arc::clone(&self.0))
    }
}

impl<T> Deref for Identity<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: fmt::Debug> fmt::Debug for Identity<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Identity").field(&self.0).finish()
    }
}

impl<T> From<T> for Identity<T> {
    /// An identity outside of a server, to call an action as the plain function that it is.
    fn from(value: T) -> Self {
        Identity(Arc::new(value))
    }
}

/// An identity whose type only the program knows.
#[derive(Clone)]
pub(crate) struct Known {
    value: Contained<Arc<dyn Any + Send + Sync>>,
    is_same: fn(&dyn Any, &dyn Any) -> bool,
}

impl Known {
    pub(crate) fn new<T: PartialEq + Send + Sync + 'static>(value: T) -> Self {
        let value: Arc<dyn Any + Send + Sync> = Arc::new(value);
        Known { value: Contained::new(value), is_same: is_same::<T> }
    }

    /// Whether both are the same client, as the program compares them.
    pub(crate) fn is(&self, other: &Self) -> bool {
        let both = self.value.get().zip(other.value.get());
        both.is_some_and(|(one, other)| (self.is_same)(&**one, &**other))
    }

    /// The identity as the type that it has.
    ///
    /// # Errors
    ///
    /// `internal` where it has another: a mistake of the program, said at start.
    pub(crate) fn of<T: Send + Sync + 'static>(known: Option<&Self>) -> Result<Identity<T>, Error> {
        let value = known.and_then(|known| known.value.get()).cloned();
        let value = value.and_then(|value| value.downcast::<T>().ok());
        value.map(Identity).ok_or_else(unknown::<T>)
    }
}

fn is_same<T: PartialEq + 'static>(one: &dyn Any, other: &dyn Any) -> bool {
    one.downcast_ref::<T>().is_some_and(|one| other.downcast_ref() == Some(one))
}

/// Clients are not known as this type.
fn unknown<T>() -> Error {
    let name = type_name::<T>();
    let text = format!("no client is known as `{name}`: say who is with `.authorize(…)`");
    Error::mistake(text)
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Known")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_compared_by_its_own_type_only() {
        let (one, same, other) = (Known::new(1), Known::new(1), Known::new(2));
        assert!(one.is(&same) && !one.is(&other) && !one.is(&Known::new("1")));
        assert_eq!(*Known::of::<i32>(Some(&one)).expect("its type"), 1);
        for known in [Some(&one), None] {
            let error = Known::of::<String>(known).expect_err("another type, or nobody");
            assert!(error.message().contains("`alloc::string::String`"), "{error}");
        }
    }
}
