//! A client: a connected user interface, by its id.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use ts_rs::{Config, TS};

use crate::error::Error;
use crate::event::Event;
use crate::hub::{Audience, Hub};

/// The name of a client: the one it chose, or one that the server made.
///
/// It stays the same while the client's session lives, over reconnects and reloads; only a classic
/// client may say another.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(Arc<str>);

impl ClientId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for ClientId {
    fn from(id: &str) -> Self {
        ClientId(id.into())
    }
}

impl From<String> for ClientId {
    fn from(id: String) -> Self {
        ClientId(id.into())
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// A client id is data like any string, so that events can say who did something.
impl TS for ClientId {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(cfg: &Config) -> String {
        String::name(cfg)
    }

    fn inline(cfg: &Config) -> String {
        String::inline(cfg)
    }
}

impl JsonSchema for ClientId {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        String::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }
}

/// A client: the one that called, or one whose id is known.
#[derive(Clone, Debug)]
pub struct Client {
    pub(super) id: ClientId,
    pub(super) hub: Hub,
}

impl Client {
    pub(crate) fn new(id: ClientId, hub: Hub) -> Self {
        Client { id, hub }
    }

    /// Its id.
    pub fn id(&self) -> &ClientId {
        &self.id
    }

    /// Enters a room; says whether it was outside before.
    ///
    /// A client stays in its rooms until it leaves them or its session ends.
    pub fn join(&self, room: &str) -> bool {
        self.hub.rooms().join(&self.id, room)
    }

    /// Leaves a room; says whether it was inside before.
    pub fn leave(&self, room: &str) -> bool {
        self.hub.rooms().leave(&self.id, room)
    }

    /// The rooms that it is in, in alphabetical order.
    pub fn rooms(&self) -> Vec<String> {
        self.hub.rooms().rooms_of(&self.id)
    }

    /// Sends an event to this client alone; see [`Audience::send`].
    pub fn send<E: Event>(&self, event: &E) {
        self.audience().send(event);
    }

    /// Sends an event to this client alone and says to how many it goes: 1, or 0 if it is gone.
    ///
    /// # Errors
    ///
    /// As [`Audience::try_send`].
    pub fn try_send<E: Event>(&self, event: &E) -> Result<usize, Error> {
        self.audience().try_send(event)
    }

    fn audience(&self) -> Audience {
        Audience::client(self.hub.clone(), self.id.clone())
    }
}
