//! A client's end of a session, without I/O: what it has numbered and what it has received.
//!
//! Written from PROTOCOL.md and from nothing else, so that a mistake of the server's is not made
//! here a second time.

use std::collections::VecDeque;

use serde_json::{Map, Value, json};

/// What a server may send in front of an acknowledgement.
const MOST_UNTOLD_FRAMES: u64 = 32;
const MOST_UNTOLD_BYTES: usize = 64 << 10;

/// What is to be done with a numbered frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the next one.
    Deliver,
    /// It was delivered before.
    Drop,
    /// One before it is missing.
    Gap,
}

/// Numbers, acknowledgements, ring and queue of a client's page.
#[derive(Clone, Debug)]
pub struct Link {
    /// Frames without a number, for which the ring had no room.
    queue: VecDeque<Map<String, Value>>,
    /// Whether the server has said goodbye.
    is_leaving: bool,
    /// Calls that it has not begun: they are for the next server.
    held: VecDeque<Map<String, Value>>,
    /// Frames that have a number and are not acknowledged.
    ring: VecDeque<Map<String, Value>>,
    /// The number of the first frame in the ring, or the next to be given.
    first: u64,
    /// The highest number written to the socket that is there.
    written: u64,
    received: u64,
    ring_bytes: usize,
    most_ring_bytes: usize,
    untold_frames: u64,
    untold_bytes: usize,
    most_untold_frames: u64,
    most_untold_bytes: usize,
}

impl Link {
    /// A link whose ring holds so many bytes, an empty one a frame of any size.
    pub fn new(most_ring_bytes: usize) -> Self {
        Link {
            queue: VecDeque::new(),
            is_leaving: false,
            held: VecDeque::new(),
            ring: VecDeque::new(),
            first: 1,
            written: 0,
            received: 0,
            ring_bytes: 0,
            most_ring_bytes,
            untold_frames: 0,
            untold_bytes: 0,
            most_untold_frames: MOST_UNTOLD_FRAMES,
            most_untold_bytes: MOST_UNTOLD_BYTES,
        }
    }

    /// Acknowledges early enough for a server whose ring has this size.
    pub fn fit(&mut self, ring_frames: u64, ring_bytes: usize) {
        self.most_untold_frames = MOST_UNTOLD_FRAMES.min(ring_frames / 4).max(1);
        self.most_untold_bytes = MOST_UNTOLD_BYTES.min(ring_bytes / 4);
    }

    /// Sends a frame, which has no number yet.
    pub fn send(&mut self, frame: Map<String, Value>) {
        if self.is_leaving && is_call(&frame) {
            self.held.push_back(frame);
        } else {
            self.queue.push_back(frame);
        }
    }

    /// The server has said goodbye and begins no call behind this one.
    pub fn hold(&mut self, last_call: i64) {
        self.is_leaving = true;
        let all = self.ring.iter().chain(&self.queue);
        let is_behind = |frame: &&Map<String, Value>| id_of(frame) > last_call && is_call(frame);
        self.held = all.filter(is_behind).cloned().collect();
        // Nor is anything said of them to this one.
        self.queue.retain(|frame| id_of(frame) <= last_call && !is_call(frame));
    }

    /// Whether a call waits for the next server.
    pub fn holds(&self, id: i64) -> bool {
        self.held.iter().any(|frame| id_of(frame) == id)
    }

    /// Whether the server has said goodbye.
    pub fn is_leaving(&self) -> bool {
        self.is_leaving
    }

    /// The next frame to be written, as text; without an acknowledgement before the welcome.
    pub fn next_frame(&mut self, is_welcome: bool) -> Option<String> {
        while let Some(frame) = self.queue.pop_front() {
            let bytes = length(&frame);
            if !self.ring.is_empty() && self.ring_bytes + bytes > self.most_ring_bytes {
                self.queue.push_front(frame);
                break;
            }
            self.ring_bytes += bytes;
            self.ring.push_back(frame);
        }
        let index = (self.written + 1).checked_sub(self.first)?;
        let mut frame = self.ring.get(index as usize)?.clone();
        self.written += 1;
        frame.insert("n".into(), json!(self.written));
        if is_welcome {
            frame.insert("ack".into(), json!(self.tell_received()));
        }
        Some(Value::Object(frame).to_string())
    }

    /// Judges the number of a frame that came in, and counts it when it is the next one.
    pub fn receive(&mut self, n: u64, bytes: usize) -> Verdict {
        if n <= self.received {
            return Verdict::Drop;
        }
        if n > self.received + 1 {
            return Verdict::Gap;
        }
        self.received = n;
        self.untold_frames += 1;
        self.untold_bytes += bytes;
        Verdict::Deliver
    }

    /// The server has everything up to `n`; says whether that can be.
    pub fn acknowledge(&mut self, n: u64) -> bool {
        while self.first <= n {
            let Some(frame) = self.ring.pop_front() else { return false };
            self.ring_bytes -= length(&frame);
            self.first += 1;
        }
        true
    }

    /// What is to be told in an acknowledgement that goes out now.
    pub fn tell_received(&mut self) -> u64 {
        self.untold_frames = 0;
        self.untold_bytes = 0;
        self.received
    }

    /// Whether the server has to be told by now what was received.
    pub fn is_ack_due(&self) -> bool {
        self.untold_frames >= self.most_untold_frames
            || (self.untold_frames > 0 && self.untold_bytes >= self.most_untold_bytes)
    }

    /// The highest number received without a gap.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// The lowest number that can still be sent.
    pub fn have(&self) -> u64 {
        self.first
    }

    /// The highest number given so far.
    pub fn newest(&self) -> u64 {
        self.first + self.ring.len() as u64 - 1
    }

    /// Goes on with a server that has everything up to `received`; says whether that can be.
    ///
    /// A client that `resends` writes again whatever the server had not acknowledged before,
    /// although the server has some of it: it is to drop that.
    pub fn resume(&mut self, received: u64, resends: bool) -> bool {
        let first = self.first;
        if received + 1 < first || received >= first + self.ring.len() as u64 {
            return false;
        }
        if resends {
            self.written = first - 1;
            return true;
        }
        self.written = received;
        self.acknowledge(received)
    }

    /// Begins again at 1 in both directions. What has a number is lost; calls that wait without one,
    /// or for this, are kept.
    pub fn reset(&mut self) {
        let mut queue = std::mem::take(&mut self.held);
        queue.extend(std::mem::take(&mut self.queue).into_iter().filter(is_call));
        *self = Link { queue, ..Link::new(self.most_ring_bytes) };
    }

    /// Frames that wait without a number.
    pub fn queued(&self) -> impl Iterator<Item = &Map<String, Value>> {
        self.queue.iter()
    }
}

/// Whether a frame asks for a call.
fn is_call(frame: &Map<String, Value>) -> bool {
    frame.contains_key("action")
}

fn id_of(frame: &Map<String, Value>) -> i64 {
    frame.get("streamId").and_then(Value::as_i64).unwrap_or_default()
}

fn length(frame: &Map<String, Value>) -> usize {
    serde_json::to_string(frame).map_or(0, |text| text.len())
}
