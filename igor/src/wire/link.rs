//! One end of a session, without I/O: what it has numbered and the other end has not yet
//! acknowledged, and what it has received.
//!
//! Both ends follow these rules, whichever socket is there. A link outlives its sockets: after a
//! [`resume`](Link::resume) it goes on where the other end says it stands.

use crate::wire::WireLimits;
use crate::wire::body::Body;
use crate::wire::prefix::Prefix;
use crate::wire::ring::{NeverSent, Ring};
use crate::wire::rules::{Rule, Rules};
use crate::wire::sequence::{AckDue, Received, Verdict};

/// Numbers, acknowledgements and the ring of one end.
#[derive(Debug)]
pub(crate) struct Link {
    ring: Ring,
    /// The highest number that was handed out for writing to the socket that is there.
    written: u64,
    received: Received,
    ack_due: AckDue,
    rules: Rules,
}

/// Where the other end says it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The highest number that it has received without a gap.
    pub(crate) received: u64,
    /// The lowest number that it can still send.
    pub(crate) have: u64,
}

/// Why a link cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    /// The other end has not received something that is not kept here any more.
    ForgottenHere,
    /// Something that is missing here is not kept there any more.
    ForgottenThere,
    /// The other end has received what was never sent.
    NeverSent,
    /// More waited for the other end than is kept.
    Overrun,
}

impl Link {
    /// A link whose numbers begin at 1 in both directions.
    pub(crate) fn new(limits: &WireLimits, other_ring_bytes: usize, rules: Rules) -> Self {
        Link {
            ring: Ring::new(limits.ring_frames, limits.ring_bytes),
            written: 0,
            received: Received::new(rules),
            ack_due: AckDue::for_ring(other_ring_bytes),
            rules,
        }
    }

    /// Whether a body of so many bytes can be sent now.
    pub(crate) fn has_place(&self, bytes: usize) -> bool {
        self.ring.has_place(bytes)
    }

    /// Gives the body the next number and keeps it.
    pub(crate) fn push(&mut self, body: Body) {
        self.ring.push(body);
    }

    /// The body of the next frame to be written, behind a prefix that says its number, and what was
    /// received if that is news. What is received so far counts as told.
    pub(crate) fn next_frame(&mut self, prefix: &mut Prefix) -> Option<&Body> {
        if !self.rules.hold(Rule::KeepUntilAcknowledged) {
            let _ = self.ring.acknowledge(self.written);
        }
        let body = self.ring.body(self.written + 1)?;
        self.written += 1;
        prefix.say(self.written, self.received.take_news());
        Some(body)
    }

    /// Judges the number of a frame that came in, and counts it when it is the next one.
    pub(crate) fn receive(&mut self, n: u64, bytes: usize) -> Verdict {
        self.received.judge(n, bytes)
    }

    /// The other end has everything up to `n`.
    pub(crate) fn acknowledge(&mut self, n: u64) -> Result<(), NeverSent> {
        self.ring.acknowledge(n)
    }

    /// What is to be told in an acknowledgement that goes out by itself.
    pub(crate) fn tell_received(&mut self) -> u64 {
        self.received.take_news();
        self.received.last()
    }

    /// How many frames were received of which the other end was not told.
    #[cfg(feature = "remote")]
    pub(crate) fn untold_frames(&self) -> usize {
        self.received.untold_frames()
    }

    /// Whether the other end has to be told by now what was received.
    pub(crate) fn is_ack_due(&self) -> bool {
        self.received.is_ack_due(self.ack_due)
    }

    /// What all that is kept until it is acknowledged costs.
    pub(crate) fn cost_bytes(&self) -> usize {
        self.ring.cost_bytes()
    }

    /// Whether everything that has a number was handed out for writing.
    pub(crate) fn is_written(&self) -> bool {
        self.written >= self.ring.newest()
    }

    /// Where this end stands.
    pub(crate) fn standing(&self) -> Standing {
        Standing { received: self.received.last(), have: self.ring.oldest() }
    }

    /// Goes on over a new socket with an end that stands there: what it has not received is
    /// written again, under the same numbers.
    ///
    /// # Errors
    ///
    /// Why the link is broken; nothing has changed then.
    pub(crate) fn resume(&mut self, other: Standing) -> Result<(), Broken> {
        let must_reach_back = self.rules.hold(Rule::ReachBack);
        if other.received.saturating_add(1) < self.ring.oldest() && must_reach_back {
            return Err(Broken::ForgottenHere);
        }
        if other.have > self.received.last() + 1 && must_reach_back {
            return Err(Broken::ForgottenThere);
        }
        self.acknowledge(other.received).map_err(|NeverSent| Broken::NeverSent)?;
        self.written = other.received;
        Ok(())
    }
}

impl Broken {
    /// What the other end is told.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Broken::ForgottenHere => "the server no longer has what the client lacks",
            Broken::ForgottenThere => "the client no longer has what the server lacks",
            Broken::Overrun => "more waited for the client than the server keeps",
            Broken::NeverSent => "the client has received what was never sent",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;

    fn link() -> Link {
        Link::new(&WireLimits::default(), 1 << 20, Rules::default())
    }

    fn body(n: u64) -> Body {
        Body::text(n.to_string())
    }

    #[test]
    fn what_the_other_end_lacks_is_written_again_under_the_same_numbers() {
        let mut link = link();
        (1..=3).for_each(|n| link.push(body(n)));
        while link.next_frame(&mut Prefix::new()).is_some() {}
        link.resume(Standing { received: 1, have: 1 }).expect("both reach back");
        let again: Vec<Body> =
            std::iter::from_fn(|| link.next_frame(&mut Prefix::new()).cloned()).collect();
        assert_eq!(again, [body(2), body(3)]);
    }

    #[test]
    fn a_link_that_cannot_go_on_says_why_and_stays_as_it_is() {
        let mut link = link();
        (1..=3).for_each(|n| link.push(body(n)));
        link.acknowledge(2).expect("2 was sent");
        assert_eq!(link.resume(Standing { received: 1, have: 1 }), Err(Broken::ForgottenHere));
        assert_eq!(link.resume(Standing { received: 2, have: 2 }), Err(Broken::ForgottenThere));
        for received in [4, u64::MAX] {
            assert_eq!(link.resume(Standing { received, have: 1 }), Err(Broken::NeverSent));
        }
        let most = Standing { received: u64::MAX, have: u64::MAX };
        assert_eq!(link.resume(most), Err(Broken::ForgottenThere));
        assert_eq!(link.resume(Standing { received: 2, have: 1 }), Ok(()));
    }

    /// What may happen to two ends that send to each other.
    #[derive(Clone, Debug)]
    enum Step {
        Push(usize),
        Write(usize, usize),
        Deliver(usize, usize),
        Acknowledge(usize),
        /// The socket is cut, and so much of what was on its way arrives nevertheless.
        Cut([usize; 2]),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0..2usize).prop_map(Step::Push),
            (0..2usize, 1..4usize).prop_map(|(end, most)| Step::Write(end, most)),
            (0..2usize, 1..4usize).prop_map(|(end, most)| Step::Deliver(end, most)),
            (0..2usize).prop_map(Step::Acknowledge),
            [0..4usize, 0..4usize].prop_map(Step::Cut),
        ]
    }

    /// Two ends and what is on its way to each.
    struct Pair {
        ends: [Link; 2],
        on_the_way: [VecDeque<(u64, u64, Body)>; 2],
        pushed: [u64; 2],
        delivered: [Vec<Body>; 2],
    }

    impl Pair {
        fn write(&mut self, end: usize, most: usize) {
            for _ in 0..most {
                // More than the frame says; the other end ignores what it knows already.
                let received = self.ends[end].standing().received;
                let n = self.ends[end].written + 1;
                let Some(body) = self.ends[end].next_frame(&mut Prefix::new()) else { return };
                self.on_the_way[1 - end].push_back((n, received, body.clone()));
            }
        }

        fn deliver(&mut self, end: usize, most: usize) {
            for _ in 0..most {
                let Some((n, ack, body)) = self.on_the_way[end].pop_front() else { return };
                self.ends[end].acknowledge(ack).expect("only what was sent is acknowledged");
                if self.ends[end].receive(n, body.len()) == Verdict::Deliver {
                    self.delivered[end].push(body);
                }
            }
        }

        fn resume(&mut self) {
            self.on_the_way = Default::default();
            let standing = [self.ends[0].standing(), self.ends[1].standing()];
            self.ends[0].resume(standing[1]).expect("nothing is forgotten");
            self.ends[1].resume(standing[0]).expect("nothing is forgotten");
        }
    }

    proptest! {
        #[test]
        fn over_any_cuts_everything_arrives_once_and_in_order(
            steps in prop::collection::vec(step(), 0..200),
        ) {
            let mut pair = Pair {
                ends: [link(), link()],
                on_the_way: Default::default(),
                pushed: [0; 2],
                delivered: Default::default(),
            };
            for step in steps {
                match step {
                    Step::Push(end) => {
                        pair.pushed[end] += 1;
                        let body = body(pair.pushed[end]);
                        pair.ends[end].push(body);
                    }
                    Step::Write(end, most) => pair.write(end, most),
                    Step::Deliver(end, most) => pair.deliver(end, most),
                    Step::Acknowledge(end) => {
                        let received = pair.ends[end].tell_received();
                        pair.ends[1 - end].acknowledge(received).expect("it was received");
                    }
                    Step::Cut(arrive) => {
                        pair.deliver(0, arrive[0]);
                        pair.deliver(1, arrive[1]);
                        pair.resume();
                    }
                }
            }
            pair.resume();
            for end in 0..2 {
                pair.write(end, usize::MAX);
                pair.deliver(1 - end, usize::MAX);
                let all: Vec<Body> = (1..=pair.pushed[end]).map(body).collect();
                prop_assert_eq!(&pair.delivered[1 - end], &all);
            }
        }
    }
}
