//! What was received: numbers without a gap, and when the sender has to be told.

use crate::wire::rules::{Rule, Rules};

/// What is to be done with a numbered frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is the next one.
    Deliver,
    /// It was delivered before.
    Drop,
    /// One before it is missing.
    Gap,
    /// The same one is still missing, although the other end was asked to send it again.
    GapAgain,
}

/// How much may be received before an acknowledgement goes out by itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AckDue {
    frames: usize,
    bytes: usize,
}

impl AckDue {
    /// The smallest of 32 frames, 64 KiB and a quarter of the sender's ring, given in bytes: no
    /// client keeps fewer than 128 frames, and those of a server are for its client to look at.
    pub(crate) fn for_ring(ring_bytes: usize) -> Self {
        AckDue { frames: 32, bytes: (64 << 10).min(ring_bytes / 4) }
    }
}

/// The receiving end of one direction.
#[derive(Debug, Default)]
pub(crate) struct Received {
    last: u64,
    /// The number behind which one was missing the last time.
    gap_behind: Option<u64>,
    untold_frames: usize,
    untold_bytes: usize,
    rules: Rules,
}

impl Received {
    /// Nothing was received yet.
    pub(crate) fn new(rules: Rules) -> Self {
        Received { rules, ..Received::default() }
    }

    /// Judges the number of a frame, and counts it when it is the next one.
    pub(crate) fn judge(&mut self, n: u64, bytes: usize) -> Verdict {
        if n <= self.last && self.rules.hold(Rule::DropDoubles) {
            return Verdict::Drop;
        }
        if n > self.last + 1 && self.rules.hold(Rule::CloseAtGap) {
            return match self.gap_behind.replace(self.last) {
                Some(place) if place == self.last => Verdict::GapAgain,
                _ => Verdict::Gap,
            };
        }
        self.last = n;
        self.untold_frames += 1;
        self.untold_bytes += bytes;
        Verdict::Deliver
    }

    /// The highest number received without a gap.
    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    /// How many frames were received of which the sender was not told.
    #[cfg(feature = "remote")]
    pub(crate) fn untold_frames(&self) -> usize {
        self.untold_frames
    }

    /// Whether the sender has to be told now.
    pub(crate) fn is_ack_due(&self, due: AckDue) -> bool {
        self.untold_frames >= due.frames
            || (self.untold_frames > 0 && self.untold_bytes >= due.bytes)
    }

    /// The highest number received without a gap, for the sender, which is being told it; `None` if
    /// it was told before.
    pub(crate) fn take_news(&mut self) -> Option<u64> {
        self.untold_bytes = 0;
        (std::mem::take(&mut self.untold_frames) > 0).then_some(self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_is_delivered_an_old_one_dropped_a_later_one_is_a_gap() {
        let mut received = Received::default();
        assert_eq!(received.judge(1, 10), Verdict::Deliver);
        assert_eq!(received.judge(1, 10), Verdict::Drop);
        assert_eq!(received.judge(3, 10), Verdict::Gap);
        assert_eq!(received.judge(4, 10), Verdict::GapAgain);
        assert_eq!(received.judge(2, 10), Verdict::Deliver);
        assert_eq!(received.last(), 2);
    }

    #[test]
    fn an_ack_is_due_after_so_many_frames_or_bytes() {
        let due = AckDue::for_ring(1 << 20);
        let mut received = Received::default();
        for n in 1..32 {
            received.judge(n, 1);
            assert!(!received.is_ack_due(due), "after {n} frames");
        }
        received.judge(32, 1);
        assert!(received.is_ack_due(due));
        assert_eq!(received.take_news(), Some(32));
        assert_eq!(received.take_news(), None);
        assert!(!received.is_ack_due(due));
        received.judge(33, 64 << 10);
        assert!(received.is_ack_due(due));
    }

    #[test]
    fn a_small_ring_wants_earlier_acks() {
        let mut received = Received::default();
        received.judge(1, 256);
        assert!(received.is_ack_due(AckDue::for_ring(1024)));
    }
}
