//! The ring: what was numbered and is kept until the other end has acknowledged it.

use std::collections::VecDeque;

use crate::wire::body::Body;

/// What it takes to keep a body, beside its bytes: its place in a table and what the allocator adds
/// to it. Tiny bodies cost little else, so that a bound on bytes alone would be none on memory.
pub(crate) const OVERHEAD_BYTES: usize = 224;

/// Bodies under rising numbers, from the oldest that is not acknowledged to the newest.
#[derive(Debug)]
pub(crate) struct Ring {
    bodies: VecDeque<Body>,
    /// The number of the first body that is kept, or the next to be given.
    first: u64,
    bytes: usize,
    most_frames: usize,
    most_bytes: usize,
}

/// An acknowledgement of something that was never sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NeverSent;

impl Ring {
    /// An empty ring; its first number is 1.
    pub(crate) fn new(most_frames: usize, most_bytes: usize) -> Self {
        Ring { bodies: VecDeque::new(), first: 1, bytes: 0, most_frames, most_bytes }
    }

    /// Whether a body of so many bytes has a place. An empty ring takes one of any size.
    pub(crate) fn has_place(&self, bytes: usize) -> bool {
        self.bodies.is_empty()
            || (self.bodies.len() < self.most_frames && self.bytes + bytes <= self.most_bytes)
    }

    /// Keeps the body under the next number.
    pub(crate) fn push(&mut self, body: Body) {
        self.bytes += body.len();
        self.bodies.push_back(body);
    }

    /// Forgets everything up to and including `n`. An acknowledgement below an earlier one
    /// changes nothing.
    pub(crate) fn acknowledge(&mut self, n: u64) -> Result<(), NeverSent> {
        if n > self.newest() {
            return Err(NeverSent);
        }
        while self.first <= n {
            if let Some(body) = self.bodies.pop_front() {
                self.bytes -= body.len();
            }
            self.first += 1;
        }
        Ok(())
    }

    /// The body under `n`, while it is kept.
    pub(crate) fn body(&self, n: u64) -> Option<&Body> {
        let index = n.checked_sub(self.first)?;
        self.bodies.get(usize::try_from(index).ok()?)
    }

    /// The lowest number that is kept, or the next to be given.
    pub(crate) fn oldest(&self) -> u64 {
        self.first
    }

    /// The highest number given so far; 0 before the first.
    pub(crate) fn newest(&self) -> u64 {
        self.first + self.bodies.len() as u64 - 1
    }

    /// What all bodies that are kept cost: their bytes, and what it takes to keep them.
    pub(crate) fn cost_bytes(&self) -> usize {
        self.bytes + self.bodies.len() * OVERHEAD_BYTES
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn body(bytes: usize) -> Body {
        Body::text(vec![b'x'; bytes])
    }

    #[test]
    fn an_empty_ring_takes_one_body_of_any_size() {
        let mut ring = Ring::new(4, 10);
        assert!(ring.has_place(1000));
        ring.push(body(1000));
        assert!(!ring.has_place(1));
        ring.acknowledge(1).expect("1 was sent");
        assert!(ring.has_place(10));
    }

    #[test]
    fn an_ack_above_what_was_sent_is_refused_and_one_below_ignored() {
        let mut ring = Ring::new(4, 10);
        assert_eq!(ring.acknowledge(1), Err(NeverSent));
        ring.push(body(1));
        ring.push(body(1));
        assert_eq!(ring.acknowledge(2), Ok(()));
        assert_eq!(ring.acknowledge(1), Ok(()));
        assert_eq!(ring.newest(), 2);
        assert_eq!(ring.body(2), None);
    }

    proptest! {
        #[test]
        fn what_is_kept_is_exactly_what_is_not_acknowledged(
            steps in prop::collection::vec((0usize..20, 0u64..50), 0..100),
        ) {
            let mut ring = Ring::new(8, 64);
            let mut acknowledged = 0;
            let mut sizes = vec![];
            for (bytes, ack) in steps {
                if ring.has_place(bytes) {
                    ring.push(body(bytes));
                    sizes.push(bytes);
                }
                if ring.acknowledge(ack).is_ok() {
                    acknowledged = acknowledged.max(ack);
                }
                prop_assert_eq!(ring.newest(), sizes.len() as u64);
                for n in 1..=sizes.len() as u64 {
                    let kept = ring.body(n).map(Body::len);
                    let expected = (n > acknowledged).then(|| sizes[n as usize - 1]);
                    prop_assert_eq!(kept, expected);
                }
                let sum: usize = sizes.iter().skip(acknowledged as usize).sum();
                let kept = sizes.len() - acknowledged as usize;
                prop_assert_eq!(ring.cost_bytes(), sum + kept * OVERHEAD_BYTES);
            }
        }
    }
}
