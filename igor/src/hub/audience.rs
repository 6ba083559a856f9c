//! Whom something is sent to, and the one verb for it.

use std::sync::Arc;

use tracing::error;

use crate::error::Error;
use crate::event::{Event, EventDescriptor};
use crate::hub::outbox::Outbox;
use crate::hub::{ClientId, Hub, spread};

/// Some of the clients, chosen anew whenever something is sent.
#[derive(Clone, Debug)]
pub struct Audience {
    hub: Hub,
    choice: Choice,
    except: Vec<ClientId>,
}

#[derive(Clone, Debug)]
enum Choice {
    All,
    Client(ClientId),
    Room(String),
}

impl Audience {
    pub(super) fn all(hub: Hub) -> Self {
        Audience { hub, choice: Choice::All, except: Vec::new() }
    }

    pub(super) fn client(hub: Hub, id: ClientId) -> Self {
        Audience { hub, choice: Choice::Client(id), except: Vec::new() }
    }

    pub(super) fn room(hub: Hub, name: String) -> Self {
        Audience { hub, choice: Choice::Room(name), except: Vec::new() }
    }

    /// The same clients without this one.
    #[must_use]
    pub fn except(mut self, id: &ClientId) -> Self {
        self.except.push(id.clone());
        self
    }

    /// Sends an event; encoded once, it goes to each of these clients in the order of sending.
    ///
    /// It never waits: what a client cannot take at once is queued for it, and a client too far
    /// behind is disconnected. An event that JSON cannot hold is logged and not sent; see
    /// [`try_send`](Audience::try_send) to handle that.
    pub fn send<E: Event>(&self, event: &E) {
        if let Err(cause) = self.try_send(event) {
            error!(event = E::DESCRIPTOR.name, error = %cause, "event not sent");
        }
    }

    /// Sends an event and says to how many clients it goes.
    ///
    /// # Errors
    ///
    /// `unsendable`, with the path, when the event holds a value that the wire cannot hold, and
    /// `too_large` when it is over the limit of a message; then nobody gets it.
    pub fn try_send<E: Event>(&self, event: &E) -> Result<usize, Error> {
        let body = self.hub.encode(event)?;
        let EventDescriptor { name, policy, .. } = *E::DESCRIPTOR;
        let receivers = self.chosen(|_, outbox| Arc::clone(outbox));
        let count = receivers.len();
        spread::event(name, policy, &body, receivers, &self.hub.board.shutdown);
        Ok(count)
    }

    /// The ids of these clients, as of now.
    pub fn members(&self) -> Vec<ClientId> {
        self.chosen(|id, _| id.clone())
    }

    /// Something of each of these clients.
    fn chosen<T>(&self, of: impl Fn(&ClientId, &Arc<Outbox>) -> T) -> Vec<T> {
        let rooms = self.hub.rooms();
        let of = |(id, outbox): (&ClientId, &Arc<Outbox>)| {
            (!self.except.contains(id)).then(|| of(id, outbox))
        };
        match &self.choice {
            Choice::All => rooms.everybody().filter_map(of).collect(),
            Choice::Client(id) => rooms.one(id).into_iter().filter_map(of).collect(),
            Choice::Room(name) => rooms.members(name).filter_map(of).collect(),
        }
    }
}
