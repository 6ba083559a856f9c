//! Actions: what clients can call. Descriptor, guard, arguments, inputs, outputs and replies.

pub(crate) mod ahead;
mod arguments;
mod blocking;
mod call;
mod context;
mod deadline;
mod descriptor;
mod guard;
mod input;
mod item;
mod output;
mod pace;
mod param;
mod ready;
mod replied;
mod reply;
mod signature;
mod slot;

use std::time::Duration;

pub(crate) use ahead::Ahead;
pub(crate) use arguments::Arguments;
pub use blocking::blocking;
pub use call::Call;
pub(crate) use context::CallContext;
pub use deadline::{Cancelled, Deadline};
pub use descriptor::{Action, NamedAction, Parameter};
pub use guard::guarded;
pub use input::Input;
pub use output::Output;
pub(crate) use pace::Pace;
pub use param::{Param, ParamKind};
pub use ready::Next;
pub(crate) use ready::{Layers, Ready};
pub use replied::Replied;
pub use reply::{Failure, Never, Payload, Plain, Returned, is_send, signature};
pub(crate) use signature::Running;
pub use signature::{ReplyKind, Signature};

/// Limits of the calls of a client.
#[derive(Clone, Debug)]
pub struct CallLimits {
    /// Calls of one client that wait for something; 1,024.
    pub open: usize,
    /// Items of a stream that a client may grant ahead, and of an input that it may be ahead; 256.
    pub credit: u32,
    /// How long a call may run, whatever its caller or its action says; no bound.
    pub timeout: Option<Duration>,
}

impl Default for CallLimits {
    fn default() -> Self {
        CallLimits { open: 1024, credit: 256, timeout: None }
    }
}
