//! Who is here and in which room: a plain table.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::hub::ClientId;
use crate::hub::outbox::Outbox;

/// Clients, and for each room its members. A room exists while somebody is in it.
#[derive(Debug, Default)]
pub(super) struct Rooms {
    clients: HashMap<ClientId, Here>,
    members: HashMap<String, BTreeSet<ClientId>>,
}

/// A client that is here.
#[derive(Debug)]
struct Here {
    outbox: Arc<Outbox>,
    rooms: HashSet<String>,
}

impl Rooms {
    pub(super) fn arrive(&mut self, id: &ClientId, outbox: &Arc<Outbox>) {
        let here = Here { outbox: Arc::clone(outbox), rooms: HashSet::new() };
        self.clients.insert(id.clone(), here);
    }

    /// Forgets the client and takes it out of its rooms; says whether it was here.
    pub(super) fn depart(&mut self, id: &ClientId) -> bool {
        let Some(here) = self.clients.remove(id) else { return false };
        for room in &here.rooms {
            self.remove_member(room, id);
        }
        true
    }

    /// A client goes on under another name, in the rooms that it is in; or, where somebody of that
    /// name is here, in the place of that one, and in its rooms. Says whether it was free.
    pub(super) fn rename(&mut self, id: &ClientId, name: &ClientId) -> bool {
        let Some(outbox) = self.clients.get(id).map(|here| Arc::clone(&here.outbox)) else {
            return false;
        };
        if let Some(here) = self.clients.get_mut(name) {
            here.outbox = outbox;
            self.depart(id);
            return false;
        }
        let rooms = self.rooms_of(id);
        self.depart(id);
        self.arrive(name, &outbox);
        rooms.iter().for_each(|room| {
            self.join(name, room);
        });
        true
    }

    /// Puts a client that is here into a room; says whether it was outside before.
    pub(super) fn join(&mut self, id: &ClientId, room: &str) -> bool {
        let Some(here) = self.clients.get_mut(id) else { return false };
        if !here.rooms.insert(room.to_owned()) {
            return false;
        }
        self.members.entry(room.to_owned()).or_default().insert(id.clone())
    }

    /// Takes a client out of a room; says whether it was inside before.
    pub(super) fn leave(&mut self, id: &ClientId, room: &str) -> bool {
        let was_inside = self.clients.get_mut(id).is_some_and(|here| here.rooms.remove(room));
        if was_inside {
            self.remove_member(room, id);
        }
        was_inside
    }

    pub(super) fn everybody(&self) -> Vec<(ClientId, Arc<Outbox>)> {
        self.clients.iter().map(|(id, here)| (id.clone(), Arc::clone(&here.outbox))).collect()
    }

    pub(super) fn members(&self, room: &str) -> Vec<(ClientId, Arc<Outbox>)> {
        let ids = self.members.get(room).into_iter().flatten();
        ids.filter_map(|id| self.one(id)).collect()
    }

    pub(super) fn one(&self, id: &ClientId) -> Option<(ClientId, Arc<Outbox>)> {
        self.clients.get(id).map(|here| (id.clone(), Arc::clone(&here.outbox)))
    }

    pub(super) fn rooms_of(&self, id: &ClientId) -> Vec<String> {
        let mut rooms: Vec<String> =
            self.clients.get(id).into_iter().flat_map(|here| here.rooms.iter().cloned()).collect();
        rooms.sort_unstable();
        rooms
    }

    fn remove_member(&mut self, room: &str, id: &ClientId) {
        if let Some(members) = self.members.get_mut(room) {
            members.remove(id);
            if members.is_empty() {
                self.members.remove(room);
            }
        }
    }
}
