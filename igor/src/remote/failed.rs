//! How a call from Rust fails.

use std::fmt;

use serde::de::DeserializeOwned;

use crate::action::Never;
use crate::error::{Code, Error};
use crate::wire::piece::Piece;

/// Why a call has no value: the action's own typed error, or one of igor's.
///
/// Where the action has no error of its own, `?` makes an [`igor::Error`](crate::Error) of it.
#[derive(Debug)]
pub enum Failed<E> {
    /// What the action itself returned.
    Action(E),
    /// Everything else that can go wrong; its [`code`](Error::code) says what.
    Igor(Error),
}

impl<E> Failed<E> {
    /// What kind of error this is; [`Code::ActionFailed`] for the action's own.
    pub fn code(&self) -> Code {
        match self {
            Failed::Action(_) => Code::ActionFailed,
            Failed::Igor(error) => error.code(),
        }
    }
}

impl<E: fmt::Display> fmt::Display for Failed<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failed::Action(error) => error.fmt(f),
            Failed::Igor(error) => error.fmt(f),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> std::error::Error for Failed<E> {}

impl<E> From<Error> for Failed<E> {
    fn from(error: Error) -> Self {
        Failed::Igor(error)
    }
}

impl From<Failed<Never>> for Error {
    fn from(failed: Failed<Never>) -> Self {
        match failed {
            Failed::Action(never) => match never {},
            Failed::Igor(error) => error,
        }
    }
}

/// An error that an action may have of its own.
pub trait Caught: Sized {
    /// Reads it.
    #[doc(hidden)]
    #[allow(private_interfaces, clippy::missing_errors_doc)]
    fn caught(data: &Piece) -> Result<Self, Error>;
}

impl<E: DeserializeOwned> Caught for E {
    #[allow(private_interfaces)]
    fn caught(data: &Piece) -> Result<Self, Error> {
        data.read("error")
    }
}

impl Caught for Never {
    #[allow(private_interfaces)]
    fn caught(_: &Piece) -> Result<Self, Error> {
        Err(Error::new(Code::BadData, "an action without an error of its own has sent one"))
    }
}
