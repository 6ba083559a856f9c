//! Typing: somebody is about to say something.

use igor::Hub;

use crate::person::{Person, Speaker};

/// Somebody is writing a line in a room that you are in. It holds for a few seconds; nobody says
/// when it ends.
#[igor::event("chat.writing")]
pub struct Writing {
    /// The room.
    pub room: String,
    /// Who writes.
    pub person: Person,
}

/// Tells the others in a room that you are writing. Call it now and then while you do.
#[igor::action("chat.typing")]
pub fn typing(room: String, me: Speaker, hub: Hub) {
    if me.is_in(&room) {
        let others = hub.room(&room).except(me.client.id());
        others.send(&Writing { room, person: me.person() });
    }
}
