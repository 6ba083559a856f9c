//! The only names that the macros may use. Not for users: anything here may change.

pub use inventory;
pub use schemars;
pub use serde;
pub use serde_json;
pub use ts_rs;

#[cfg(not(feature = "remote"))]
pub use crate::__no_twin as twin;
#[cfg(feature = "remote")]
pub use crate::__twin as twin;
pub use crate::action::{
    Action, Failure, NamedAction, Never, Param, ParamKind, Parameter, Payload, Plain, ReplyKind,
    Returned, Signature, blocking, guarded, is_send, signature,
};
pub use crate::data::{DataType, FlattenedOption, StructTag, documented, is_field};
pub use crate::event::{Event, EventDescriptor, Policy};
pub use crate::place::Place;
pub use crate::process::{
    NamedProcess, NoFactory, Process, ProcessDescriptor, Restart, Start, factory,
};
pub use crate::registry::Submitted;
pub use crate::request::{Request, RequestDescriptor, reply};
pub use crate::session::Rate;

/// What the twin of an action is made with.
#[cfg(feature = "remote")]
pub mod remote {
    pub use crate::remote::twin::*;
}

/// Without the feature `remote` an action has no twin, and costs nothing for it.
#[cfg(not(feature = "remote"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __no_twin {
    ($($twin:tt)*) => {};
}

/// Only serde, to be imported whole where a derive writes a bare `serde::`.
pub mod only_serde {
    pub use serde;
}
