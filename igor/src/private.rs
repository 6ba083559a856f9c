//! The only names that the macros may use. Not for users: anything here may change.

pub use inventory;
pub use schemars;
pub use serde;
pub use serde_json;
pub use ts_rs;

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

/// Only serde, to be imported whole where a derive writes a bare `serde::`.
pub mod only_serde {
    pub use serde;
}
