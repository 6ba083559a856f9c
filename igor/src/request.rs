//! `Request`: a question of the server to a page, and its descriptor.

use std::time::Duration;

use serde::de::DeserializeOwned;

use crate::data::{Data, DataType};
use crate::place::Place;

/// Something that a page is asked by name; `#[igor::request("name", reply = …)]` on a struct or an
/// enum makes it one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a request",
    label = "a page cannot be asked this",
    note = "put `#[igor::request(\"name\", reply = …)]` on the type"
)]
pub trait Request: Data + Sync {
    /// What the page answers with, which is [`Reply`].
    type Reply;

    /// What is known of the request without a value of it.
    #[doc(hidden)]
    const DESCRIPTOR: &'static RequestDescriptor;
}

/// Data that a page can answer with.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the reply to a request",
    label = "not data that can be read",
    note = "put `#[igor::data]` on the type"
)]
pub trait Reply: Data + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: Data + DeserializeOwned> Reply for T {}

/// The description of a reply.
pub const fn reply<T: Reply>() -> DataType {
    DataType::of::<T>()
}

/// What is known of a request at link time.
#[derive(Debug)]
pub struct RequestDescriptor {
    /// Its name on the wire.
    pub name: &'static str,
    /// Its documentation as written in Rust.
    pub docs: &'static str,
    /// Where it is declared.
    pub place: Place,
    /// What it carries.
    pub payload: DataType,
    /// What it is answered with.
    pub reply: DataType,
    /// How long an answer is waited for, where it is not as long as the server's limits say.
    pub timeout: Option<Duration>,
}
