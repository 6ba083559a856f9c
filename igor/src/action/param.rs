//! What an action may ask for: data from the caller, or something from the server.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use ts_rs::TS;

use crate::action::ahead::{Argument, ReadAhead};
use crate::action::call::Call;
use crate::action::deadline::{Cancelled, Deadline};
use crate::action::input::Input;
use crate::action::output::Output;
use crate::data::{Data, DataType};
use crate::error::Error;
use crate::hub::{Client, Hub};
use crate::identity::{Finds, Identity};
use crate::scope::{Scope, Scopes};
use crate::session::Session;
use crate::stats::Stats;
use crate::traceparent::Traceparent;

/// Something that an action may have as a parameter.
///
/// Data is one by itself: `#[igor::data]` types, numbers, strings, vectors of them and so on, given
/// by the caller, and so is an [`Input`] of data. What the server hands over is one too:
/// [`Session`], [`Scope`], [`Identity`], [`Client`], [`Hub`], [`Output`], [`Deadline`],
/// [`Cancelled`], [`Stats`], [`Traceparent`], and the program's own extractors:
///
/// ```
/// # struct User(String);
/// impl igor::Param for User {
///     fn from_call(call: &igor::Call, _name: &'static str) -> igor::Result<Self> {
///         let name = call.session::<Option<String>>().cloned();
///         name.map(User).ok_or_else(|| igor::Error::forbidden("sign in first"))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a parameter of an action",
    label = "neither data nor something the server can hand over",
    note = "data: put `#[igor::data]` on the type, which must be `Send`; from the server: implement `igor::Param` for it",
    note = "in `Session<T>`, `T` begins as its `Default`: derive that, or keep an `Option` of it; in \
            `Scope<T>` and `Identity<T>` it is `Send` and `Sync`, in `Input<T>` and `Output<T>` data"
)]
pub trait Param: Sized + 'static {
    /// Where it comes from.
    #[doc(hidden)]
    const KIND: ParamKind = ParamKind::Server;

    /// Makes it from a call; `name` is the parameter's.
    ///
    /// # Errors
    ///
    /// Whatever stands against it. The call ends with this error and the action is not run.
    fn from_call(call: &Call, name: &'static str) -> Result<Self, Error>;

    /// Whether the server can make it at all, asked once before it listens.
    #[doc(hidden)]
    fn check(_scopes: &Scopes) -> Result<(), Error> {
        Ok(())
    }
}

/// Where a parameter comes from.
#[derive(Clone, Copy, Debug)]
pub enum ParamKind {
    /// From the caller; how a large one is read while its frame is.
    Data(DataType, ReadAhead),
    /// From the caller while the action runs: items of this type.
    Input(DataType),
    /// From the server: a way to send items of this type.
    Output(DataType),
    /// From the server.
    Server,
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + TS + JsonSchema + Send + 'static> Param for T {
    const KIND: ParamKind = ParamKind::Data(DataType::of::<T>(), Argument::read::<T>);

    fn from_call(call: &Call, name: &'static str) -> Result<Self, Error> {
        call.argument(name)
    }
}

impl<T: Default + Send + 'static> Param for Session<T> {
    fn from_call(call: &Call, _name: &'static str) -> Result<Self, Error> {
        Ok(call.session())
    }
}

impl<T: Send + Sync + 'static> Param for Scope<T> {
    fn from_call(call: &Call, _name: &'static str) -> Result<Self, Error> {
        call.scope()
    }

    fn check(scopes: &Scopes) -> Result<(), Error> {
        scopes.find::<T>().map(drop)
    }
}

impl<T: Send + Sync + 'static> Param for Identity<T> {
    fn from_call(call: &Call, _name: &'static str) -> Result<Self, Error> {
        call.identity()
    }

    fn check(scopes: &Scopes) -> Result<(), Error> {
        Finds::<T>::check(scopes)
    }
}

impl Param for Client {
    fn from_call(call: &Call, _name: &'static str) -> Result<Self, Error> {
        Ok(call.client())
    }
}

impl Param for Hub {
    fn from_call(call: &Call, _name: &'static str) -> Result<Self, Error> {
        Ok(call.hub())
    }
}

impl Param for Stats {
    fn from_call(call: &Call, _name: &'static str) -> Result<Self, Error> {
        Ok(call.stats())
    }
}

impl Param for Traceparent {
    fn from_call(call: &Call, _name: &'static str) -> Result<Self, Error> {
        Ok(call.traceparent().clone())
    }
}

impl Param for Deadline {
    fn from_call(call: &Call, _name: &'static str) -> Result<Self, Error> {
        Ok(call.deadline())
    }
}

impl Param for Cancelled {
    fn from_call(call: &Call, _name: &'static str) -> Result<Self, Error> {
        Ok(call.cancelled())
    }
}

impl<T: DeserializeOwned + TS + JsonSchema + 'static> Param for Input<T> {
    const KIND: ParamKind = ParamKind::Input(DataType::of::<T>());

    fn from_call(call: &Call, name: &'static str) -> Result<Self, Error> {
        Ok(Input::new(call.context(), name))
    }
}

impl<T: Data> Param for Output<T> {
    const KIND: ParamKind = ParamKind::Output(DataType::of::<T>());

    fn from_call(call: &Call, _name: &'static str) -> Result<Self, Error> {
        Ok(Output::new(call.context()))
    }
}
