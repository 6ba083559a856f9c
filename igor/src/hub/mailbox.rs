//! The mailbox: what waits for a place in the ring, and what is done when too much does.
//!
//! A plain table. Here, and only here, an event's policy for a client that does not keep up acts:
//! before a frame has its number, so that no number is ever missing. Whatever waits is found by
//! its name, so that a policy costs no more when much waits.

use std::collections::{BTreeMap, HashMap, VecDeque};

use crate::event::Policy;
use crate::wire::body::Body;
use crate::wire::frame;
use crate::wire::ring::OVERHEAD_BYTES;
use crate::wire::rules::{Rule, Rules};

/// Bodies that wait, in the order in which they were sent.
#[derive(Debug, Default)]
pub(super) struct Mailbox {
    /// By places that only rise, so that one can be taken out of the middle.
    mail: BTreeMap<u64, Mail>,
    /// Where the events of a name are, the oldest first; no name is without any.
    places: HashMap<&'static str, VecDeque<u64>>,
    /// The place of the next mail.
    next: u64,
    /// What all that waits costs.
    bytes: usize,
    /// How many events were left out, ever.
    left_out: u64,
    rules: Rules,
}

#[derive(Debug)]
enum Mail {
    /// A frame of a call, which is never dropped.
    Call(Body),
    Event {
        name: &'static str,
        body: Body,
    },
    /// What was dropped here, by name.
    Missed(BTreeMap<&'static str, u64>),
}

/// What became of an event.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Posted {
    /// It waits, or others were dropped in its favour, or it was dropped itself and is counted.
    Done,
    /// There is no room, and its policy is to disconnect.
    TooMuch,
}

impl Mailbox {
    /// An empty one.
    pub(super) fn new(rules: Rules) -> Self {
        Mailbox { rules, ..Mailbox::default() }
    }

    /// Throws everything away that waits.
    pub(super) fn clear(&mut self) {
        *self = Mailbox { left_out: self.left_out, ..Mailbox::new(self.rules) };
    }

    /// How many events were left out, ever.
    pub(super) fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.mail.is_empty()
    }

    /// What all that waits costs: its bytes, and what it takes to keep them.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Adds a frame of a call.
    pub(super) fn post_call(&mut self, body: Body) {
        self.push(Mail::Call(body));
    }

    /// Adds an event; all that waits may cost no more than `most_bytes` then.
    pub(super) fn post_event(
        &mut self,
        name: &'static str,
        policy: Policy,
        body: Body,
        most_bytes: usize,
    ) -> Posted {
        let mail = Mail::Event { name, body };
        let has_place = |mailbox: &Self| mailbox.bytes + mail.cost() <= most_bytes;
        if policy == Policy::Latest {
            // The newer one makes an earlier one worthless.
            while self.take_oldest(name).is_some() {}
        }
        while policy == Policy::DropOldest && !has_place(self) {
            let Some(place) = self.take_oldest(name) else { break };
            self.miss_at(place, name);
        }
        if has_place(self) {
            self.push(mail);
            return Posted::Done;
        }
        if policy == Policy::Disconnect {
            return Posted::TooMuch;
        }
        self.miss(name);
        Posted::Done
    }

    /// Counts an event that is dropped, in its place behind everything that waits.
    pub(super) fn miss(&mut self, name: &'static str) {
        self.miss_at(self.next, name);
        self.next += 1;
    }

    /// Takes the first body if `has_place` says that there is one for so many bytes.
    pub(super) fn take(&mut self, has_place: impl FnOnce(usize) -> bool) -> Option<Body> {
        if !self.rules.hold(Rule::TellMissed) {
            self.mail.retain(|_, mail| !matches!(mail, Mail::Missed(_)));
        }
        let first = self.mail.first_entry()?;
        let body = match first.get() {
            Mail::Call(body) | Mail::Event { body, .. } => body.clone(),
            Mail::Missed(missed) => frame::missed(missed),
        };
        if !has_place(body.len()) {
            return None;
        }
        let mail = first.remove();
        self.bytes -= mail.cost();
        if let Mail::Event { name, .. } = mail {
            self.pop_place(name);
        }
        Some(body)
    }

    fn push(&mut self, mail: Mail) {
        self.bytes += mail.cost();
        if let Mail::Event { name, .. } = mail {
            self.places.entry(name).or_default().push_back(self.next);
        }
        self.mail.insert(self.next, mail);
        self.next += 1;
    }

    /// Takes out the oldest event of this name; says where it was.
    fn take_oldest(&mut self, name: &'static str) -> Option<u64> {
        let place = self.pop_place(name)?;
        let mail = self.mail.remove(&place)?;
        self.bytes -= mail.cost();
        Some(place)
    }

    /// Forgets the place of the oldest event of this name.
    fn pop_place(&mut self, name: &'static str) -> Option<u64> {
        let places = self.places.get_mut(name)?;
        let place = places.pop_front();
        if places.is_empty() {
            self.places.remove(name);
        }
        place
    }

    /// Counts an event that is dropped at a place where nothing is, together with those that were
    /// dropped just before or behind it.
    fn miss_at(&mut self, place: u64, name: &'static str) {
        self.left_out += 1;
        let is_missed =
            |(place, mail): (&u64, &Mail)| matches!(mail, Mail::Missed(_)).then_some(*place);
        let before = self.mail.range(..place).next_back().and_then(is_missed);
        let behind = self.mail.range(place..).next().and_then(is_missed);
        let place = before.or(behind).unwrap_or(place);
        let mail = self.mail.entry(place).or_insert_with(|| {
            self.bytes += OVERHEAD_BYTES;
            Mail::Missed(BTreeMap::new())
        });
        if let Mail::Missed(missed) = mail {
            *missed.entry(name).or_default() += 1;
        }
    }
}

impl Mail {
    /// What it costs to keep it.
    fn cost(&self) -> usize {
        match self {
            Mail::Call(body) | Mail::Event { body, .. } => OVERHEAD_BYTES + body.len(),
            Mail::Missed(_) => OVERHEAD_BYTES,
        }
    }
}

#[cfg(test)]
mod tests;
