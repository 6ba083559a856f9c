//! The chat: what its actions and processes share.

use std::path::Path;
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use igor::Hub;
use tokio::sync::watch;

use crate::guestbook::Guestbook;
use crate::line::{Line, Said};
use crate::store::{Store, StoreError};

/// The room that every page enters first: it is there before others can take its place.
const LOBBY: &str = "lobby";

/// The chat. The server holds the one value of it; actions get it as `Scope<Chat>`.
#[derive(Debug)]
pub struct Chat {
    pub(crate) store: Store,
    pub(crate) guests: Guestbook,
    /// The room in which a person spoke last. The musing process waits for its changes.
    pub(crate) spoken: watch::Sender<String>,
    /// Held while a line is kept and told: everybody is told in the order in which lines are kept.
    posting: Mutex<()>,
}

impl Chat {
    /// Opens the chat whose history is kept in this file, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// Where the file cannot be opened, or is not one of ours.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let (store, guests) = (Store::open(path)?, Guestbook::default());
        store.add_room(LOBBY, u32::MAX)?;
        Ok(Chat { store, guests, spoken: watch::Sender::default(), posting: Mutex::default() })
    }

    /// Keeps a line and tells the room; `who` is nobody where the chat itself speaks.
    ///
    /// Actions that block run at once, each on a thread of its own, so that keeping and telling
    /// have to be one step: else the line that was kept first might be told second. It blocks on
    /// the disk alone; sending never waits.
    pub(crate) fn post(
        &self,
        hub: &Hub,
        room: &str,
        who: Option<&str>,
        text: &str,
        picture: Option<&str>,
    ) -> Result<Line, StoreError> {
        let posting = self.posting.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let line = self.store.add(room, who, text, picture, now())?;
        hub.room(room).send(&Said { line: line.clone() });
        drop(posting);
        if who.is_some() {
            self.spoken.send_replace(room.to_owned());
        }
        Ok(line)
    }
}

/// Milliseconds since 1970, as JavaScript counts them.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
