//! Call Rust from a desktop or web page as if it were a local, typed TypeScript library.

mod action;
mod connection;
mod contract;
mod data;
pub mod emit;
mod error;
mod event;
mod http;
mod hub;
mod place;
mod process;
mod registry;
mod scope;
mod server;
mod session;
mod shared;
mod shutdown;
mod wire;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

#[doc = include_str!("docs/action.md")]
pub use igor_macros::action;
#[doc = include_str!("docs/data.md")]
pub use igor_macros::data;
#[doc = include_str!("docs/event.md")]
pub use igor_macros::event;
#[doc = include_str!("docs/process.md")]
pub use igor_macros::process;
pub use serde;

pub use action::{Call, CallLimits, Output, Param};
pub use connection::ConnectionLimits;
pub use data::{Data, DataType, Declaration, Declarations};
pub use error::{Code, Error, Result};
pub use event::Event;
pub use http::{GateLimits, Page, Token};
pub use hub::{Audience, Client, ClientId, Hub, Presence, PresenceChange};
pub use process::{Process, ProcessContext, Restart};
pub use registry::Registry;
pub use scope::Scope;
pub use server::{Bound, Config, Handle, Server};
pub use session::{Session, SessionLimits};
pub use wire::WireLimits;
