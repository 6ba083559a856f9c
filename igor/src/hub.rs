//! The hub: who hears what.
//!
//! It knows clients by their id, the rooms they are in and the outbox of each. Sending encodes an
//! event once and hands the same bytes to every outbox; it never waits.

mod audience;
mod client;
mod mailbox;
pub(crate) mod outbox;
mod presence;
mod request;
mod requests;
mod rooms;
pub(crate) mod socket;
mod spread;

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::broadcast;

pub use audience::Audience;
pub use client::{Client, ClientId};
pub use presence::{Presence, PresenceChange};
pub(crate) use requests::Answer;

use crate::error::Error;
use crate::event::{Event, Policy};
use crate::hub::outbox::Outbox;
use crate::hub::rooms::Rooms;
use crate::shutdown::Shutdown;
use crate::wire::body::Body;
use crate::wire::frame;

/// Limits of requests to pages.
#[derive(Clone, Debug)]
pub struct RequestLimits {
    /// The most requests that one client may leave unanswered; 64.
    pub open: usize,
    /// How long an answer is waited for, where the request does not say so itself; 60 s.
    pub timeout: Duration,
}

impl Default for RequestLimits {
    fn default() -> Self {
        RequestLimits { open: 64, timeout: Duration::from_secs(60) }
    }
}

/// The hub: sends events to all clients, to a room, or to one client.
///
/// An action takes it as a parameter, a process finds it in its context. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Hub {
    /// Shared by every clone; held by calls, processes and connections.
    board: Arc<Board>,
    /// The process in whose name is sent, if any.
    process: Option<&'static str>,
}

#[derive(Debug)]
struct Board {
    rooms: Mutex<Rooms>,
    changes: broadcast::Sender<PresenceChange>,
    /// Bytes of the largest message.
    message_bytes: usize,
    requests: RequestLimits,
    /// Has the tasks that write to many; the server holds it too.
    shutdown: Shutdown,
}

impl Hub {
    /// A hub without clients, whose messages have at most so many bytes.
    pub(crate) fn new(message_bytes: usize, requests: RequestLimits, shutdown: Shutdown) -> Self {
        let changes = broadcast::Sender::new(presence::KEPT_CHANGES);
        let board = Board { rooms: Mutex::default(), changes, message_bytes, requests, shutdown };
        Hub { board: Arc::new(board), process: None }
    }

    /// The same hub, sending in the name of a process.
    pub(crate) fn for_process(&self, process: &'static str) -> Self {
        Hub { board: Arc::clone(&self.board), process: Some(process) }
    }

    /// All clients.
    pub fn all(&self) -> Audience {
        Audience::all(self.clone())
    }

    /// One client.
    pub fn client(&self, id: &ClientId) -> Client {
        Client::new(id.clone(), self.clone())
    }

    /// The clients in a room.
    pub fn room(&self, name: impl Into<String>) -> Audience {
        Audience::room(self.clone(), name.into())
    }

    /// All clients but one.
    pub fn except(&self, id: &ClientId) -> Audience {
        self.all().except(id)
    }

    /// Tells of clients that come and go from now on.
    pub fn presence(&self) -> Presence {
        Presence::new(self.board.changes.subscribe())
    }

    /// Adds a client that was not there.
    pub(crate) fn arrive(&self, id: &ClientId, outbox: &Arc<Outbox>) {
        self.rooms().arrive(id, outbox);
        self.tell(PresenceChange::Arrived(id.clone()));
    }

    /// Forgets a client, whose grace is over.
    pub(crate) fn depart(&self, id: &ClientId) {
        if self.rooms().depart(id) {
            self.tell(PresenceChange::Left(id.clone()));
        }
    }

    /// A client is known by another name from now on; if somebody has it, it takes the place of
    /// that one.
    pub(crate) fn rename(&self, id: &ClientId, name: &ClientId) {
        let was_free = self.rooms().rename(id, name);
        self.tell(PresenceChange::Left(id.clone()));
        if was_free {
            self.tell(PresenceChange::Arrived(name.clone()));
        }
    }

    /// Tells everybody that a process has ended for good, with the id of its error in the log.
    pub(crate) fn tell_ended(&self, process: &'static str, log_id: Option<&str>) {
        let body = frame::process_ended(process, log_id);
        let everybody = self.rooms().everybody().map(|(_, outbox)| Arc::clone(outbox)).collect();
        spread::event(process, Policy::Disconnect, &body, everybody, &self.board.shutdown);
    }

    /// An event as the body of a frame, in the name of the process if there is one.
    fn encode<E: Event>(&self, event: &E) -> Result<Body, Error> {
        let most = self.board.message_bytes;
        let body = frame::event(self.process, E::DESCRIPTOR.name, event, most)?;
        frame::check_size(&body, most)?;
        Ok(body)
    }

    fn rooms(&self) -> MutexGuard<'_, Rooms> {
        // Nothing panics while it holds this lock; a poisoned table would still be whole.
        self.board.rooms.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn tell(&self, change: PresenceChange) {
        // Nobody listening is no error.
        let _ = self.board.changes.send(change);
    }
}
