//! Attendance: everybody is told who comes and goes.

use igor::{ClientId, Hub, PresenceChange, ProcessContext};

use crate::chat::Chat;
use crate::guestbook::Pages;
use crate::person::Person;

/// Who is in a room; told to all, so that a page can show how busy the others are.
#[igor::event("chat.people")]
pub struct People {
    /// The room.
    pub room: String,
    /// Everybody in it, in the order of arrival.
    pub people: Vec<Person>,
}

/// Somebody has come into a room.
pub(crate) fn entered(person: Person, room: &str, chat: &Chat, hub: &Hub) {
    let mut pages = chat.guests.open();
    pages.enter(room, person);
    tell(room, &pages, hub);
}

/// Somebody has left a room.
pub(crate) fn left(id: &ClientId, room: &str, chat: &Chat, hub: &Hub) {
    let mut pages = chat.guests.open();
    pages.leave(room, id);
    tell(room, &pages, hub);
}

/// Somebody goes by another name.
pub(crate) fn renamed(person: &Person, chat: &Chat, hub: &Hub) {
    let mut pages = chat.guests.open();
    for room in pages.rename(person) {
        tell(&room, &pages, hub);
    }
}

fn tell(room: &str, pages: &Pages, hub: &Hub) {
    hub.all().send(&People { room: room.to_owned(), people: pages.people(room).to_vec() });
}

/// Strikes out who has gone for good. Whoever closes a page says no goodbye, so no action can.
#[igor::process("chat.doorkeeper")]
#[derive(Debug, Default)]
pub struct Doorkeeper;

impl igor::Process for Doorkeeper {
    async fn run(&mut self, cx: &ProcessContext) -> igor::Result<()> {
        let chat = cx.scope::<Chat>()?;
        let mut presence = cx.hub().presence();
        while let Some(change) = presence.next().await {
            // Whoever arrives is in no room yet. And rather than striking out the one who left,
            // the book is compared with who is here: that is also right when changes were missed.
            if matches!(change, PresenceChange::Arrived(_)) {
                continue;
            }
            let here = cx.clients();
            let mut pages = chat.guests.open();
            for room in pages.keep_only(&here) {
                tell(&room, &pages, cx.hub());
            }
        }
        Ok(())
    }
}
