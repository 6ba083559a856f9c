//! What the page of the chat can ask for, and what it is told.
//!
//! It is a crate of its own so that the program *and* its build script can link it: the script
//! reads from it what to write into `ui/igor-client.ts`.

pub mod attendance;
pub mod history;
pub mod line;
pub mod musing;
pub mod person;
pub mod picture;
pub mod portrait;
pub mod reading;
pub mod room;
pub mod typing;

mod chat;
mod guestbook;
mod sketch;
mod store;

pub use chat::Chat;
pub use musing::Musing;
pub use store::StoreError;
