//! Persons: who somebody is, for as long as their page is open.

use igor::{Client, ClientId, Hub, Scope, Session};

use crate::attendance;
use crate::chat::Chat;

/// How many characters a name may have.
const LONGEST: usize = 32;

/// What the server remembers of a client: as long as its page is open, a reload included.
#[derive(Debug, Default)]
pub struct Profile {
    name: Option<String>,
}

/// Somebody in a room.
#[igor::data]
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// Their client.
    pub id: ClientId,
    /// The name they chose.
    pub name: String,
}

/// What the server knows of you.
#[igor::data]
pub struct Me {
    /// Your client.
    pub id: ClientId,
    /// The name you chose, if you have.
    pub name: Option<String>,
    /// The rooms that you are in.
    pub rooms: Vec<String>,
}

/// Why a name was not taken.
#[igor::data]
#[derive(Debug, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NameError {
    /// There was nothing but blanks.
    #[error("a name has at least one character")]
    Empty,
    /// It is longer than a name may be.
    #[error("a name has at most {limit} characters")]
    TooLong {
        /// How many characters it may have.
        limit: u32,
    },
}

/// Says who you are, as far as the server knows: after a reload it still does.
#[igor::action("chat.me")]
pub fn me(client: Client, profile: Session<Profile>) -> Me {
    let name = profile.read(|profile| profile.name.clone());
    Me { id: client.id().clone(), name, rooms: client.rooms() }
}

/// Chooses a name, or another one.
#[igor::action("chat.introduce")]
pub fn introduce(
    name: String,
    client: Client,
    profile: Session<Profile>,
    chat: Scope<Chat>,
    hub: Hub,
) -> Result<Person, NameError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(NameError::Empty);
    }
    if name.chars().count() > LONGEST {
        return Err(NameError::TooLong { limit: LONGEST as u32 });
    }
    profile.write(|profile| profile.name = Some(name.to_owned()));
    let person = Person { id: client.id().clone(), name: name.to_owned() };
    attendance::renamed(&person, &chat, &hub);
    Ok(person)
}

/// The caller, who has chosen a name: an action that takes one cannot be called without.
#[derive(Debug)]
pub struct Speaker {
    pub(crate) name: String,
    pub(crate) client: Client,
}

impl Speaker {
    pub(crate) fn is_in(&self, room: &str) -> bool {
        self.client.rooms().iter().any(|mine| mine == room)
    }

    pub(crate) fn person(&self) -> Person {
        Person { id: self.client.id().clone(), name: self.name.clone() }
    }
}

impl igor::Param for Speaker {
    fn from_call(call: &igor::Call, _name: &'static str) -> igor::Result<Self> {
        let name = call.session::<Profile>().read(|profile| profile.name.clone());
        let name = name.ok_or_else(|| igor::Error::forbidden("choose a name first"))?;
        Ok(Speaker { name, client: call.client() })
    }
}
