//! What the compiler alone knows of an action: what it replies with, and how a call of it runs.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::action::call::Call;
use crate::action::replied::Replied;
use crate::data::DataType;
use crate::error::Error;
use crate::scope::Scopes;

/// The part of a descriptor that is inferred from the function's body and type.
pub struct Signature {
    /// What the action replies with.
    pub reply: ReplyKind,
    /// Its own typed error, if it has one.
    pub error: Option<DataType>,
    /// Its guard, if it has one.
    pub(crate) guard: Option<Guarded>,
    /// Runs one call to its end.
    pub(crate) start: Start,
}

/// Runs one call; the future gives how it ended.
pub(crate) type Start = Arc<dyn Fn(Call) -> Running + Send + Sync>;

/// A call that runs.
pub(crate) type Running = Pin<Box<dyn Future<Output = Result<Replied, Error>> + Send>>;

/// What an action replies with.
#[derive(Clone, Copy, Debug)]
pub enum ReplyKind {
    /// One value.
    Value(DataType),
    /// A stream of items.
    Stream(DataType),
}

/// What is known of the guard of an action.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guarded {
    /// Whether one of its parameters is the caller's to give, which is none to it.
    pub(crate) takes_data: bool,
    /// Whether the server can hand over what it asks for.
    pub(crate) check: fn(&Scopes) -> Result<(), Error>,
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signature").field("reply", &self.reply).field("error", &self.error).finish()
    }
}
