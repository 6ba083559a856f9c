//! Who is here and in which room: a plain table.
//!
//! Clients stand in it in the order of their arrival. What belongs to those that came one after the
//! other lies near each other in memory, here and in the system: sent to in that order, thousands of
//! them are reached a tenth sooner than in any other.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::hub::ClientId;
use crate::hub::outbox::Outbox;

/// Clients, and for each room its members. A room exists while somebody is in it.
#[derive(Debug, Default)]
pub(super) struct Rooms {
    clients: BTreeMap<Arrival, Here>,
    arrivals: HashMap<ClientId, Arrival>,
    members: HashMap<String, BTreeSet<Arrival>>,
    latest: Arrival,
}

/// Counts the clients that came.
type Arrival = u64;

/// A client that is here.
#[derive(Debug)]
struct Here {
    id: ClientId,
    outbox: Arc<Outbox>,
    rooms: HashSet<String>,
}

impl Rooms {
    pub(super) fn arrive(&mut self, id: &ClientId, outbox: &Arc<Outbox>) {
        self.latest += 1;
        let here = Here { id: id.clone(), outbox: Arc::clone(outbox), rooms: HashSet::new() };
        self.clients.insert(self.latest, here);
        self.arrivals.insert(id.clone(), self.latest);
    }

    /// Forgets the client and takes it out of its rooms; says whether it was here.
    pub(super) fn depart(&mut self, id: &ClientId) -> bool {
        let Some(arrival) = self.arrivals.remove(id) else { return false };
        let Some(here) = self.clients.remove(&arrival) else { return false };
        for room in &here.rooms {
            self.remove_member(room, arrival);
        }
        true
    }

    /// A client goes on under another name, in the rooms that it is in; or, where somebody of that
    /// name is here, in the place of that one, and in its rooms. Says whether it was free.
    pub(super) fn rename(&mut self, id: &ClientId, name: &ClientId) -> bool {
        let Some(arrival) = self.arrivals.get(id).copied() else { return false };
        let is_free = !self.arrivals.contains_key(name);
        if is_free {
            self.arrivals.remove(id);
            self.arrivals.insert(name.clone(), arrival);
            if let Some(here) = self.clients.get_mut(&arrival) {
                here.id = name.clone();
            }
        } else {
            let outbox = self.clients.get(&arrival).map(|here| Arc::clone(&here.outbox));
            if let (Some(outbox), Some(here)) = (outbox, self.here(name)) {
                here.outbox = outbox;
            }
            self.depart(id);
        }
        is_free
    }

    /// Puts a client that is here into a room; says whether it was outside before.
    pub(super) fn join(&mut self, id: &ClientId, room: &str) -> bool {
        let Some(here) = self.here(id) else { return false };
        if !here.rooms.insert(room.to_owned()) {
            return false;
        }
        let arrival = self.arrivals[id];
        self.members.entry(room.to_owned()).or_default().insert(arrival)
    }

    /// Takes a client out of a room; says whether it was inside before.
    pub(super) fn leave(&mut self, id: &ClientId, room: &str) -> bool {
        let was_inside = self.here(id).is_some_and(|here| here.rooms.remove(room));
        if was_inside {
            self.remove_member(room, self.arrivals[id]);
        }
        was_inside
    }

    pub(super) fn everybody(&self) -> impl Iterator<Item = (&ClientId, &Arc<Outbox>)> {
        self.clients.values().map(Here::receiver)
    }

    pub(super) fn members(&self, room: &str) -> impl Iterator<Item = (&ClientId, &Arc<Outbox>)> {
        let arrivals = self.members.get(room).into_iter().flatten();
        arrivals.filter_map(|arrival| self.clients.get(arrival).map(Here::receiver))
    }

    pub(super) fn one(&self, id: &ClientId) -> Option<(&ClientId, &Arc<Outbox>)> {
        self.clients.get(self.arrivals.get(id)?).map(Here::receiver)
    }

    pub(super) fn rooms_of(&self, id: &ClientId) -> Vec<String> {
        let here = self.arrivals.get(id).and_then(|arrival| self.clients.get(arrival));
        let mut rooms: Vec<String> =
            here.into_iter().flat_map(|here| here.rooms.iter().cloned()).collect();
        rooms.sort_unstable();
        rooms
    }

    fn here(&mut self, id: &ClientId) -> Option<&mut Here> {
        self.clients.get_mut(self.arrivals.get(id)?)
    }

    fn remove_member(&mut self, room: &str, arrival: Arrival) {
        if let Some(members) = self.members.get_mut(room) {
            members.remove(&arrival);
            if members.is_empty() {
                self.members.remove(room);
            }
        }
    }
}

impl Here {
    fn receiver(&self) -> (&ClientId, &Arc<Outbox>) {
        (&self.id, &self.outbox)
    }
}

#[cfg(test)]
mod tests {
    use crate::wire::WireLimits;
    use crate::wire::rules::Rules;

    use super::*;

    fn id(name: &str) -> ClientId {
        ClientId::from(name)
    }

    fn names<'a>(receivers: impl Iterator<Item = (&'a ClientId, &'a Arc<Outbox>)>) -> Vec<&'a str> {
        receivers.map(|(id, _)| id.as_str()).collect()
    }

    #[test]
    fn clients_stand_in_the_order_of_their_arrival_under_whatever_name() {
        let mut rooms = Rooms::default();
        let outbox = Arc::new(Outbox::new(WireLimits::default(), Rules::default()));
        for name in ["c", "a", "b"] {
            rooms.arrive(&id(name), &outbox);
            assert!(rooms.join(&id(name), "lobby"));
        }
        assert!(rooms.rename(&id("a"), &id("z")), "nobody has that name");
        assert_eq!(names(rooms.everybody()), ["c", "z", "b"]);
        assert_eq!(names(rooms.members("lobby")), ["c", "z", "b"]);
        assert!(!rooms.rename(&id("b"), &id("c")), "somebody has that name");
        assert_eq!(names(rooms.everybody()), ["c", "z"]);
        assert!(rooms.depart(&id("c")));
        assert!(!rooms.depart(&id("b")), "it goes on as another");
        assert_eq!(names(rooms.members("lobby")), ["z"]);
    }
}
