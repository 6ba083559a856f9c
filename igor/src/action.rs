//! Actions: what clients can call. Descriptor, arguments, outputs and replies.

mod arguments;
mod blocking;
mod call;
mod descriptor;
mod item;
mod output;
mod param;
mod reply;

pub(crate) use arguments::Arguments;
pub use blocking::blocking;
pub use call::Call;
pub(crate) use call::CallContext;
pub(crate) use descriptor::Running;
pub use descriptor::{Action, NamedAction, Parameter, Signature};
pub use output::Output;
pub use param::{Param, ParamKind};
pub use reply::{Failure, Never, Payload, Plain, ReplyKind, Returned, is_send, signature};

/// What clients may have open at once.
#[derive(Clone, Debug)]
pub struct CallLimits {
    /// Calls of one client that wait for something; 1,024.
    pub open: usize,
    /// Items of a stream that a client may grant ahead; 256.
    pub credit: u32,
}

impl Default for CallLimits {
    fn default() -> Self {
        CallLimits { open: 1024, credit: 256 }
    }
}
