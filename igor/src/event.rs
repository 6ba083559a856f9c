//! `Event`: a named, typed broadcast, and its descriptor.

use crate::data::{Data, DataType};
use crate::place::Place;

/// Something that happened, told to clients by name; `#[igor::event("name")]` on a struct or an
/// enum makes it one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "cannot be sent to clients",
    note = "put `#[igor::event(\"name\")]` on the type"
)]
pub trait Event: Data + Sync {
    /// What is known of the event without a value of it.
    #[doc(hidden)]
    const DESCRIPTOR: &'static EventDescriptor;
}

/// What is known of an event at link time.
#[derive(Debug)]
pub struct EventDescriptor {
    /// Its name on the wire.
    pub name: &'static str,
    /// Its documentation as written in Rust.
    pub docs: &'static str,
    /// Where it is declared.
    pub place: Place,
    /// What it carries.
    pub payload: DataType,
    /// What is done for a client that does not keep up.
    pub policy: Policy,
}

/// What is done with an event for a client that does not keep up, or is away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// None is left out: a client too far behind is disconnected and may resume. For a client
    /// that is away, those beyond its bound are left out, and it is told how many. The default.
    #[default]
    Disconnect,
    /// The oldest that still wait are left out, and the client is told how many.
    DropOldest,
    /// Only the newest counts: one that still waits is replaced, and nothing is told.
    Latest,
    /// It is sent if nothing waits before it, and never kept.
    Volatile,
}
