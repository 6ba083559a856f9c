//! What the page of the chat can ask for, and what it is told.
//!
//! It is a crate of its own so that the program *and* its build script can link it: the script
//! reads from it what to write into `ui/igor-client.ts`.

mod attendance;
mod chat;
mod guestbook;
mod history;
mod line;
mod musing;
mod person;
mod portrait;
mod room;
mod sketch;
mod store;
mod typing;

pub use chat::Chat;
pub use musing::Musing;
pub use store::StoreError;
