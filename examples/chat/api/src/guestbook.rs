//! The guestbook: who is in which room, in the order of arrival.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use igor::ClientId;

use crate::person::Person;

/// Who is in which room. The hub knows that too, but by ids; this one knows names.
#[derive(Debug, Default)]
pub(crate) struct Guestbook(Mutex<Pages>);

/// The pages of the guestbook, one a room.
#[derive(Debug, Default)]
pub(crate) struct Pages(BTreeMap<String, Vec<Person>>);

impl Guestbook {
    /// Opens the book. Whoever changes it tells the room before closing it, so that two changes
    /// are told in the order in which they were made; sending never waits.
    pub(crate) fn open(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Pages {
    /// Who is in a room.
    pub(crate) fn people(&self, room: &str) -> &[Person] {
        self.0.get(room).map_or(&[], Vec::as_slice)
    }

    /// Writes somebody in, once.
    pub(crate) fn enter(&mut self, room: &str, person: Person) {
        let page = self.0.entry(room.to_owned()).or_default();
        match page.iter_mut().find(|guest| guest.id == person.id) {
            Some(guest) => *guest = person,
            None => page.push(person),
        }
    }

    /// Strikes somebody out.
    pub(crate) fn leave(&mut self, room: &str, id: &ClientId) {
        if let Some(page) = self.0.get_mut(room) {
            page.retain(|guest| guest.id != *id);
        }
    }

    /// Writes another name for somebody and says in which rooms.
    pub(crate) fn rename(&mut self, person: &Person) -> Vec<String> {
        let mut changed = Vec::new();
        for (room, page) in &mut self.0 {
            if let Some(guest) = page.iter_mut().find(|guest| guest.id == person.id) {
                guest.name.clone_from(&person.name);
                changed.push(room.clone());
            }
        }
        changed
    }

    /// Strikes out everybody who is not among these and says in which rooms.
    pub(crate) fn keep_only(&mut self, clients: &[ClientId]) -> Vec<String> {
        let mut changed = Vec::new();
        for (room, page) in &mut self.0 {
            let before = page.len();
            page.retain(|guest| clients.contains(&guest.id));
            if page.len() < before {
                changed.push(room.clone());
            }
        }
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: &str, name: &str) -> Person {
        Person { id: id.into(), name: name.to_owned() }
    }

    #[test]
    fn whoever_enters_twice_is_there_once() {
        let book = Guestbook::default();
        let mut pages = book.open();
        pages.enter("lobby", person("a", "Ada"));
        pages.enter("lobby", person("a", "Ada"));
        assert_eq!(pages.people("lobby"), [person("a", "Ada")]);
        pages.leave("lobby", &"a".into());
        assert_eq!(pages.people("lobby"), []);
    }

    #[test]
    fn a_new_name_is_written_into_every_room() {
        let book = Guestbook::default();
        let mut pages = book.open();
        pages.enter("attic", person("a", "Ada"));
        pages.enter("lobby", person("a", "Ada"));
        pages.enter("lobby", person("b", "Ben"));
        assert_eq!(pages.rename(&person("a", "Countess")), ["attic", "lobby"]);
        assert_eq!(pages.people("lobby"), [person("a", "Countess"), person("b", "Ben")]);
    }

    #[test]
    fn who_is_gone_is_struck_out_and_only_their_rooms_are_told() {
        let book = Guestbook::default();
        let mut pages = book.open();
        pages.enter("attic", person("a", "Ada"));
        pages.enter("lobby", person("b", "Ben"));
        assert_eq!(pages.keep_only(&["a".into()]), ["lobby"]);
        assert_eq!(pages.people("attic"), [person("a", "Ada")]);
    }
}
