//! The mailbox by its policies, and against one that is plain and slow.

use proptest::prelude::*;

use super::*;

/// Room for two events of two bytes each.
const TWO: usize = 2 * (OVERHEAD_BYTES + 2);

fn post(mailbox: &mut Mailbox, policy: Policy, text: &'static str) -> Posted {
    mailbox.post_event("e", policy, Body::text(text), TWO)
}

fn take_all(mailbox: &mut Mailbox) -> Vec<String> {
    let bodies = std::iter::from_fn(|| mailbox.take(|_| true));
    bodies.map(|body| String::from_utf8_lossy(body.json()).into_owned()).collect()
}

const MISSED_2: &str = r#""action":"igor.missed","data":{"e":2}}"#;

#[test]
fn drop_oldest_keeps_the_newest_and_counts_the_others_in_their_place() {
    let mut mailbox = Mailbox::default();
    mailbox.miss("e");
    for text in ["11", "22", "33"] {
        assert_eq!(post(&mut mailbox, Policy::DropOldest, text), Posted::Done);
    }
    assert_eq!(take_all(&mut mailbox), [MISSED_2.replace('2', "3"), "33".into()]);
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
    for text in ["12", "34"] {
        assert_eq!(post(&mut mailbox, Policy::Disconnect, text), Posted::Done);
    }
    assert_eq!(post(&mut mailbox, Policy::Disconnect, "5"), Posted::TooMuch);
    mailbox.miss("e");
    mailbox.miss("e");
    assert_eq!(take_all(&mut mailbox), ["12", "34", MISSED_2]);
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
    assert_eq!(mailbox.bytes(), OVERHEAD_BYTES + 4);
}

/// The same in the plainest way: one list, which is looked through.
#[derive(Debug, Default)]
struct Plain(Vec<Mail>);

impl Plain {
    fn cost(&self) -> usize {
        self.0.iter().map(Mail::cost).sum()
    }

    fn oldest(&self, name: &str) -> Option<usize> {
        let is_it = |mail: &Mail| matches!(mail, Mail::Event { name: own, .. } if *own == name);
        self.0.iter().position(is_it)
    }

    fn miss_at(&mut self, index: usize, name: &'static str) {
        let is_missed = |index: &usize| matches!(self.0.get(*index), Some(Mail::Missed(_)));
        let near = index.checked_sub(1).filter(is_missed).or(Some(index).filter(is_missed));
        let index = near.unwrap_or_else(|| {
            self.0.insert(index, Mail::Missed(BTreeMap::new()));
            index
        });
        if let Mail::Missed(missed) = &mut self.0[index] {
            *missed.entry(name).or_default() += 1;
        }
    }

    fn post(&mut self, name: &'static str, policy: Policy, body: Body, most: usize) -> Posted {
        let mail = Mail::Event { name, body };
        while let (Policy::Latest, Some(index)) = (policy, self.oldest(name)) {
            self.0.remove(index);
        }
        while policy == Policy::DropOldest && self.cost() + mail.cost() > most {
            let Some(index) = self.oldest(name) else { break };
            self.0.remove(index);
            self.miss_at(index, name);
        }
        if self.cost() + mail.cost() <= most {
            self.0.push(mail);
        } else if policy == Policy::Disconnect {
            return Posted::TooMuch;
        } else {
            self.miss_at(self.0.len(), name);
        }
        Posted::Done
    }

    fn take(&mut self) -> Option<Body> {
        if self.0.is_empty() {
            return None;
        }
        Some(match self.0.remove(0) {
            Mail::Call(body) | Mail::Event { body, .. } => body,
            Mail::Missed(missed) => frame::missed(&missed),
        })
    }
}

#[derive(Clone, Debug)]
enum Step {
    Event(&'static str, Policy, usize),
    Call(usize),
    Miss(&'static str),
    Take,
}

fn step() -> impl Strategy<Value = Step> {
    let kind = prop_oneof![
        Just(("said", Policy::Disconnect)),
        Just(("logged", Policy::DropOldest)),
        Just(("drawn", Policy::DropOldest)),
        Just(("moved", Policy::Latest)),
    ];
    prop_oneof![
        6 => (kind, 0usize..200).prop_map(|((name, policy), size)| Step::Event(name, policy, size)),
        2 => (0usize..200).prop_map(Step::Call),
        1 => prop_oneof![Just("said"), Just("logged")].prop_map(Step::Miss),
        2 => Just(Step::Take),
    ]
}

proptest! {
    #[test]
    fn it_does_what_one_list_would(steps in prop::collection::vec(step(), 0..120)) {
        let most = 8 * OVERHEAD_BYTES;
        let (mut mailbox, mut plain) = (Mailbox::default(), Plain::default());
        for (index, step) in steps.into_iter().enumerate() {
            let body = |size| Body::text(format!("{index}{}", "x".repeat(size)));
            match step {
                Step::Event(name, policy, size) => prop_assert_eq!(
                    mailbox.post_event(name, policy, body(size), most),
                    plain.post(name, policy, body(size), most)
                ),
                Step::Call(size) => {
                    mailbox.post_call(body(size));
                    plain.0.push(Mail::Call(body(size)));
                }
                Step::Miss(name) => {
                    mailbox.miss(name);
                    plain.miss_at(plain.0.len(), name);
                }
                Step::Take => prop_assert_eq!(mailbox.take(|_| true), plain.take()),
            }
            prop_assert_eq!(mailbox.bytes(), plain.cost());
        }
        while let Some(body) = plain.take() {
            prop_assert_eq!(mailbox.take(|_| true), Some(body));
        }
        prop_assert!(mailbox.is_empty());
        prop_assert_eq!((mailbox.bytes(), mailbox.places.len()), (0, 0));
    }
}
