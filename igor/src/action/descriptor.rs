//! What is known of an action at link time.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use crate::action::call::Call;
use crate::action::param::ParamKind;
use crate::action::reply::ReplyKind;
use crate::data::DataType;
use crate::error::Error;
use crate::place::Place;
use crate::scope::Scopes;
use crate::wire::body::Body;

/// A function that clients can call, as `#[igor::action]` describes it.
#[derive(Debug)]
pub struct Action {
    /// Its name on the wire.
    pub name: &'static str,
    /// Its documentation as written in Rust.
    pub docs: &'static str,
    /// Where it is declared.
    pub place: Place,
    /// Its parameters, in order.
    pub parameters: &'static [Parameter],
    /// Whether running it twice is as good as once, so that a client may call it again when it
    /// does not know what became of the first call.
    pub idempotent: bool,
    /// Makes what the compiler alone knows: the reply's types and how to run a call.
    pub signature: fn() -> Signature,
}

/// A parameter of an action.
#[derive(Debug)]
pub struct Parameter {
    /// Its name in Rust, which is its key on the wire where there are several.
    pub name: &'static str,
    /// Where it comes from.
    pub kind: ParamKind,
    /// Whether the server can hand it over.
    pub check: fn(&Scopes) -> Result<(), Error>,
}

/// The part of a descriptor that is inferred from the function's body and type.
pub struct Signature {
    /// What the action replies with.
    pub reply: ReplyKind,
    /// Its own typed error, if it has one.
    pub error: Option<DataType>,
    /// Runs one call to its end.
    pub(crate) start: Start,
}

/// Runs one call; the future gives the body of its last frame.
pub(crate) type Start = Box<dyn Fn(Call) -> Running + Send + Sync>;

/// A call that runs.
pub(crate) type Running = Pin<Box<dyn Future<Output = Body> + Send>>;

/// The hidden companion of an annotated function, by which explicit registration names it.
pub trait NamedAction {
    /// The function's descriptor.
    #[doc(hidden)]
    const ACTION: &'static Action;
}

impl Action {
    /// The parameters that the caller gives.
    pub fn data_parameters(&self) -> impl Iterator<Item = (&'static str, DataType)> {
        self.parameters.iter().filter_map(|parameter| match parameter.kind {
            ParamKind::Data(data) => Some((parameter.name, data)),
            ParamKind::Output(_) | ParamKind::Server => None,
        })
    }

    /// The type of its outputs beside the reply, if it has any.
    pub fn output(&self) -> Option<DataType> {
        self.parameters.iter().find_map(|parameter| match parameter.kind {
            ParamKind::Output(item) => Some(item),
            ParamKind::Data(_) | ParamKind::Server => None,
        })
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signature").field("reply", &self.reply).field("error", &self.error).finish()
    }
}
