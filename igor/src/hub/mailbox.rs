//! The mailbox: what waits for a place in the ring, and what is done when too much does.
//!
//! A plain table. Here, and only here, an event's policy for a client that does not keep up acts:
//! before a frame has its number, so that no number is ever missing.

use std::collections::{BTreeMap, VecDeque};

use crate::event::Policy;
use crate::wire::body::Body;
use crate::wire::frame;
use crate::wire::rules::{Rule, Rules};

/// Bodies that wait, in the order in which they were sent.
#[derive(Debug, Default)]
pub(super) struct Mailbox {
    mail: VecDeque<Mail>,
    bytes: usize,
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

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.mail.is_empty()
    }

    /// Body of all that waits.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Adds a frame of a call.
    pub(super) fn post_call(&mut self, body: Body) {
        self.bytes += body.len();
        self.mail.push_back(Mail::Call(body));
    }

    /// Adds an event; no more than `most_bytes` may wait then.
    pub(super) fn post_event(
        &mut self,
        name: &'static str,
        policy: Policy,
        body: Body,
        most_bytes: usize,
    ) -> Posted {
        if policy == Policy::Latest {
            self.forget(name);
        }
        while policy == Policy::DropOldest && self.bytes + body.len() > most_bytes {
            if !self.drop_oldest(name) {
                break;
            }
        }
        if self.bytes + body.len() <= most_bytes {
            self.bytes += body.len();
            self.mail.push_back(Mail::Event { name, body });
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
        if let Some(Mail::Missed(missed)) = self.mail.back_mut() {
            *missed.entry(name).or_default() += 1;
        } else {
            self.mail.push_back(Mail::Missed(BTreeMap::from([(name, 1)])));
        }
    }

    /// Takes the first body if `has_place` says that there is one for so many bytes.
    pub(super) fn take(&mut self, has_place: impl FnOnce(usize) -> bool) -> Option<Body> {
        if !self.rules.hold(Rule::TellMissed) {
            self.mail.retain(|mail| !matches!(mail, Mail::Missed(_)));
        }
        let body = match self.mail.front()? {
            Mail::Call(body) | Mail::Event { body, .. } => body.clone(),
            Mail::Missed(missed) => frame::missed(missed),
        };
        if !has_place(body.len()) {
            return None;
        }
        if !matches!(self.mail.pop_front(), Some(Mail::Missed(_))) {
            self.bytes -= body.len();
        }
        Some(body)
    }

    /// Takes out an earlier event of this name, which the newer one makes worthless.
    fn forget(&mut self, name: &'static str) {
        let bytes = &mut self.bytes;
        self.mail.retain(|mail| match mail {
            Mail::Event { name: earlier, body } if *earlier == name => {
                *bytes -= body.len();
                false
            }
            _ => true,
        });
    }

    /// Drops the oldest event of this name and counts it in its place; says whether there was one.
    fn drop_oldest(&mut self, name: &'static str) -> bool {
        let is_it = |mail: &Mail| matches!(mail, Mail::Event { name: own, .. } if *own == name);
        let Some(place) = self.mail.iter().position(is_it) else { return false };
        if let Mail::Event { body, .. } = &self.mail[place] {
            self.bytes -= body.len();
        }
        let before = place.checked_sub(1).and_then(|before| self.mail.get_mut(before));
        if let Some(Mail::Missed(missed)) = before {
            *missed.entry(name).or_default() += 1;
            self.mail.remove(place);
        } else {
            self.mail[place] = Mail::Missed(BTreeMap::from([(name, 1)]));
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(mailbox: &mut Mailbox, policy: Policy, text: &'static str) -> Posted {
        mailbox.post_event("e", policy, Body::text(text), 4)
    }

    fn take_all(mailbox: &mut Mailbox) -> Vec<String> {
        let bodies = std::iter::from_fn(|| mailbox.take(|_| true));
        bodies.map(|body| String::from_utf8_lossy(body.json()).into_owned()).collect()
    }

    const MISSED_2: &str = r#""action":"igor.missed","data":{"e":2}}"#;

    #[test]
    fn drop_oldest_keeps_the_newest_and_counts_the_others_in_their_place() {
        let mut mailbox = Mailbox::default();
        for text in ["11", "22", "33", "44"] {
            assert_eq!(post(&mut mailbox, Policy::DropOldest, text), Posted::Done);
        }
        assert_eq!(take_all(&mut mailbox), [MISSED_2, "33", "44"]);
        assert_eq!(mailbox.bytes(), 0);
    }

    #[test]
    fn latest_keeps_one_and_counts_none() {
        let mut mailbox = Mailbox::default();
        for text in ["11", "22", "33"] {
            assert_eq!(post(&mut mailbox, Policy::Latest, text), Posted::Done);
        }
        assert_eq!(take_all(&mut mailbox), ["33"]);
    }

    #[test]
    fn disconnect_takes_what_fits_and_says_when_it_does_not() {
        let mut mailbox = Mailbox::default();
        assert_eq!(post(&mut mailbox, Policy::Disconnect, "1234"), Posted::Done);
        assert_eq!(post(&mut mailbox, Policy::Disconnect, "5"), Posted::TooMuch);
        mailbox.miss("e");
        mailbox.miss("e");
        assert_eq!(take_all(&mut mailbox), ["1234", MISSED_2]);
    }

    #[test]
    fn frames_of_calls_are_never_dropped_and_keep_their_place() {
        let mut mailbox = Mailbox::default();
        assert_eq!(post(&mut mailbox, Policy::DropOldest, "11"), Posted::Done);
        mailbox.post_call(Body::text("call"));
        assert_eq!(post(&mut mailbox, Policy::DropOldest, "22"), Posted::Done);
        assert_eq!(
            take_all(&mut mailbox),
            [MISSED_2.replace('2', "1"), "call".into(), MISSED_2.replace('2', "1")]
        );
    }

    #[test]
    fn nothing_is_taken_without_a_place() {
        let mut mailbox = Mailbox::default();
        mailbox.post_call(Body::text("call"));
        assert_eq!(mailbox.take(|bytes| bytes < 4), None);
        assert_eq!(mailbox.bytes(), 4);
    }
}
