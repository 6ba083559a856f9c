//! How a call ended that igor itself did not end.

use std::fmt;

use crate::error::Code;
use crate::wire::body::Body;

/// What an action replied: its value, the end of its stream, or its own typed error. It is written
/// already; a layer passes it on.
pub struct Replied {
    body: Body,
    is_error: bool,
}

impl Replied {
    /// A value, or the end of a stream.
    pub(super) fn value(body: Body) -> Self {
        Replied { body, is_error: false }
    }

    /// The action's own error.
    pub(super) fn error(body: Body) -> Self {
        Replied { body, is_error: true }
    }

    /// [`Code::ActionFailed`] where it is the action's own error.
    pub fn code(&self) -> Option<Code> {
        self.is_error.then_some(Code::ActionFailed)
    }

    /// The size of the call's last frame in bytes, as it goes over the wire but for its number.
    pub fn bytes(&self) -> usize {
        self.body.len()
    }

    pub(crate) fn into_body(self) -> Body {
        self.body
    }
}

impl fmt::Debug for Replied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replied").field("code", &self.code()).field("bytes", &self.bytes()).finish()
    }
}
