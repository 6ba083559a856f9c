//! Call Rust from a desktop or web page as if it were a local, typed TypeScript library.
//!
//! Attributes on functions and types say what a page can call and what it is told; the build step
//! writes `igor-client.ts`; one WebSocket carries calls, streams and events.
//!
//! ```no_run
//! use igor::{Hub, Output, Scope, Session};
//!
//! /// What is remembered of a client, for as long as its session lives.
//! #[derive(Default)]
//! struct Profile {
//!     name: Option<String>,
//! }
//!
//! /// What all clients share.
//! #[derive(Default)]
//! struct Guests(std::sync::Mutex<Vec<String>>);
//!
//! /// Somebody said who they are.
//! #[igor::event("guest.came")]
//! struct Came {
//!     name: String,
//! }
//!
//! /// Says who you are.
//! #[igor::action("guest.enter")]
//! async fn enter(name: String, session: Session<Profile>, guests: Scope<Guests>, hub: Hub) -> u32 {
//!     session.write(|profile| profile.name = Some(name.clone()));
//!     hub.all().send(&Came { name: name.clone() });
//!     let mut guests = guests.0.lock().expect("nobody panics with it");
//!     guests.push(name);
//!     u32::try_from(guests.len()).unwrap_or(u32::MAX)
//! }
//!
//! #[tokio::main]
//! async fn main() -> igor::Result<()> {
//!     igor::emit::client("ui/igor-client.ts")?;
//!     igor::Server::new(igor::Config::default())
//!         .scope(Guests::default())
//!         .page(igor::Page::directory("ui"))
//!         .serve()
//!         .await
//! }
//! ```
//!
//! | to | see |
//! |---|---|
//! | let a page call a function | [`action`](macro@action), [`Param`], [`Output`] |
//! | send and receive your own types | [`data`](macro@data) |
//! | send bytes, exact integers and dates | [`Bytes`], [`BigInt`], [`Date`] |
//! | tell pages what happened | [`event`](macro@event), [`Hub`], [`Audience`] |
//! | ask a page | [`request`](macro@request), [`Client::request`] |
//! | run something beside the clients | [`process`](macro@process), [`Process`], [`ProcessContext`] |
//! | start, stop and watch that | [`Processes`], [`Supervised`] |
//! | keep something for a client, or for all | [`Session`], [`Scope`] |
//! | write the client, or the schema of it all | [`emit`], [`schema`] |
//! | know who a client is | [`Server::authorize`], [`Handshake`], [`Identity`] |
//! | decide who may call what, and how often | [`action`](macro@action), [`Registry::unguarded`] |
//! | do something around every call | [`Server::layer`], [`Next`], [`Replied`] |
//! | know how a server fares | [`Stats`] |
//! | follow a trace from page to page and program | [`Traceparent`] |
//! | serve | [`Server`], [`Config`], [`Page`] |
//! | hand out files, and take them | [`Mount`] |
//! | call it all from Rust | `Remote`, by the feature `remote` |
//! | test | `testing`, by the feature `testing`; [`Registry::new`], [`Server::bind`] |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod action;
mod connection;
mod contained;
mod contract;
mod data;
pub mod emit;
mod error;
mod event;
mod exact;
#[cfg(any(test, feature = "fuzz"))]
#[doc(hidden)]
pub mod fuzz;
mod http;
mod hub;
mod identity;
mod outcomes;
mod place;
mod process;
mod registry;
#[cfg(feature = "remote")]
pub mod remote;
mod request;
mod scope;
mod server;
mod session;
mod shared;
mod shutdown;
mod stats;
#[cfg(feature = "testing")]
pub mod testing;
mod traceparent;
mod wire;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

/// The pages in `docs`, whose examples the tests compile.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../README.md")]
    struct Readme;

    #[doc = include_str!("../../docs/calls.md")]
    struct Calls;

    #[doc = include_str!("../../docs/checks.md")]
    struct Checks;

    #[doc = include_str!("../../docs/classic.md")]
    struct Classic;

    #[doc = include_str!("../../docs/deadlines.md")]
    struct Deadlines;

    #[doc = include_str!("../../docs/events.md")]
    struct Events;

    #[doc = include_str!("../../docs/files.md")]
    struct Files;

    #[doc = include_str!("../../docs/flow.md")]
    struct Flow;

    #[doc = include_str!("../../docs/guards.md")]
    struct Guards;

    #[doc = include_str!("../../docs/inputs.md")]
    struct Inputs;

    #[doc = include_str!("../../docs/processes.md")]
    struct Processes;

    #[doc = include_str!("../../docs/observability.md")]
    struct Observability;

    #[doc = include_str!("../../docs/public.md")]
    struct Public;

    #[doc = include_str!("../../docs/state.md")]
    struct State;

    #[doc = include_str!("../../docs/types.md")]
    struct Types;

    #[doc = include_str!("../../docs/electron.md")]
    struct Electron;

    #[doc = include_str!("../../docs/requests.md")]
    struct Requests;

    #[cfg(feature = "remote")]
    #[doc = include_str!("../../docs/remote.md")]
    struct Remote;

    #[cfg(feature = "testing")]
    #[doc = include_str!("../../docs/testing.md")]
    struct Testing;
}

#[doc = include_str!("docs/action.md")]
pub use igor_macros::action;
#[doc = include_str!("docs/data.md")]
pub use igor_macros::data;
#[doc = include_str!("docs/event.md")]
pub use igor_macros::event;
#[doc = include_str!("docs/process.md")]
pub use igor_macros::process;
#[doc = include_str!("docs/request.md")]
pub use igor_macros::request;
pub use serde;

pub use action::{Call, CallLimits, Cancelled, Deadline, Input, Next, Output, Param, Replied};
pub use connection::{Classic, ConnectionLimits};
pub use data::Data;
pub use emit::schema;
pub use error::{Code, Error, Executed, Result};
pub use event::Event;
pub use exact::{BigInt, Bytes, Date, NotADate, NotAnInteger};
pub use http::{GateLimits, Mount, Page, Token};
pub use hub::{Audience, Client, ClientId, Hub, Presence, PresenceChange, RequestLimits};
pub use identity::{Handshake, Identity};
pub use process::{
    Process, ProcessContext, ProcessLimits, ProcessState, ProcessStatus, Processes, Restart,
    Supervised,
};
pub use registry::Registry;
#[cfg(feature = "remote")]
pub use remote::Remote;
pub use request::{Reply, Request};
pub use scope::Scope;
#[cfg(feature = "tls")]
pub use server::Tls;
pub use server::{Bound, Config, Handle, Server, Sidecar};
pub use session::{Session, SessionLimits};
pub use stats::Stats;
pub use traceparent::{NotATraceparent, Traceparent};
pub use wire::WireLimits;
