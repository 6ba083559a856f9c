//! Rooms: where lines are said.

use igor::{Hub, Scope};

use crate::attendance;
use crate::chat::Chat;
use crate::person::{Person, Speaker};
use crate::store::StoreError;

/// How many characters the name of a room may have.
const LONGEST: usize = 24;

/// How many rooms there may be. They stay, so that without a bound one client could fill
/// everybody's list.
const MOST: u32 = 200;

/// A room.
#[igor::data]
pub struct Room {
    /// Its name: small letters, digits and dashes.
    pub name: String,
    /// Who is in it, in the order of arrival.
    pub people: Vec<Person>,
}

/// Why a room could not be entered.
#[igor::data]
#[derive(Debug, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RoomError {
    /// No name can be made of what was given.
    #[error("a room is named by letters and digits")]
    Nameless,
    /// The name is longer than the name of a room may be.
    #[error("the name of a room has at most {limit} characters")]
    TooLong {
        /// How many characters it may have.
        limit: u32,
    },
    /// There are as many rooms as there may be, and this is none of them.
    #[error("there are {limit} rooms already")]
    TooMany {
        /// How many there may be.
        limit: u32,
    },
    /// The room could not be kept; the log of the server says why.
    #[error("the room could not be kept")]
    Unkept,
}

/// Lists all rooms, in alphabetical order.
#[igor::action("chat.rooms", blocking)]
pub fn rooms(chat: Scope<Chat>) -> igor::Result<Vec<Room>> {
    let names = chat.store.rooms()?;
    let pages = chat.guests.open();
    let room = |name: String| Room { people: pages.people(&name).to_vec(), name };
    Ok(names.into_iter().map(room).collect())
}

/// Enters a room, which is made if it is not there and there are not too many; `Coffee break`
/// becomes `coffee-break`.
///
/// You stay until you leave, over reloads too.
#[igor::action("chat.join", blocking)]
pub fn join(name: String, me: Speaker, chat: Scope<Chat>, hub: Hub) -> Result<Room, RoomError> {
    let name = tidy(&name)?;
    if !chat.store.add_room(&name, MOST)? {
        return Err(RoomError::TooMany { limit: MOST });
    }
    me.client.join(&name);
    attendance::entered(me.person(), &name, &chat, &hub);
    let people = chat.guests.open().people(&name).to_vec();
    Ok(Room { name, people })
}

/// Leaves a room.
#[igor::action("chat.leave")]
pub fn leave(room: String, me: Speaker, chat: Scope<Chat>, hub: Hub) {
    if me.client.leave(&room) {
        attendance::left(me.client.id(), &room, &chat, &hub);
    }
}

/// The name that a room gets.
fn tidy(name: &str) -> Result<String, RoomError> {
    let words = name.split(|letter: char| !letter.is_alphanumeric());
    let words: Vec<String> = words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let tidy = words.join("-");
    if tidy.is_empty() {
        return Err(RoomError::Nameless);
    }
    if tidy.chars().count() > LONGEST {
        return Err(RoomError::TooLong { limit: LONGEST as u32 });
    }
    Ok(tidy)
}

impl From<StoreError> for RoomError {
    fn from(cause: StoreError) -> Self {
        tracing::error!(%cause, "room not kept");
        RoomError::Unkept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_room_is_tidied() {
        assert_eq!(tidy("  Coffee   Break! ").ok().as_deref(), Some("coffee-break"));
        assert_eq!(tidy("Überfluß 2").ok().as_deref(), Some("überfluß-2"));
    }

    #[test]
    fn a_room_needs_a_name_that_fits() {
        assert!(matches!(tidy(" -!- "), Err(RoomError::Nameless)));
        assert!(matches!(tidy(&"x".repeat(25)), Err(RoomError::TooLong { limit: 24 })));
    }
}
