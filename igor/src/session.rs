//! Sessions: what the server keeps of a client, and for how long.
//!
//! A session outlives its socket by the grace period. While it lives the client keeps its id, its
//! rooms and its typed values, over reconnects and reloads.

pub(crate) mod calls;
pub(crate) mod credit;
pub(crate) mod input;
mod record;
pub(crate) mod secret;
mod table;
pub(crate) mod usage;
mod values;

use std::time::Duration;

pub(crate) use record::{Page, Record};
#[cfg(any(test, feature = "fuzz"))]
pub(crate) use table::Entered;
pub(crate) use table::{Entry, Refused, Sessions, Trust};
pub use usage::Rate;
pub use values::Session;

/// How long a session is kept, and how many.
#[derive(Clone, Debug)]
pub struct SessionLimits {
    /// How long a session is kept after its connection is lost; 10 s.
    pub grace: Duration,
    /// How many clients there may be, absent ones included; 10,000.
    pub clients: usize,
    /// Bytes kept for all absent clients together; 64 MiB. Over it the session that has been
    /// absent longest ends before its time. Checked every second.
    pub absent_bytes: usize,
}

impl Default for SessionLimits {
    fn default() -> Self {
        SessionLimits { grace: Duration::from_secs(10), clients: 10_000, absent_bytes: 64 << 20 }
    }
}
