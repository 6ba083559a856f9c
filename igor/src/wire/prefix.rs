//! The beginning of a numbered frame, which is written when it goes out.

/// What goes in front of a body: the number of the frame, and what was received so far if that is
/// to be told. There is one for many frames: made anew and moved, it took longer than its digits.
#[derive(Debug)]
pub(crate) struct Prefix {
    bytes: [u8; Prefix::MOST_BYTES],
    length: usize,
}

impl Prefix {
    /// `{"n":,"ack":,` and two numbers of at most 20 digits.
    pub(crate) const MOST_BYTES: usize = 13 + 2 * 20;

    /// One that says nothing yet.
    pub(crate) const fn new() -> Self {
        Prefix { bytes: [0; Prefix::MOST_BYTES], length: 0 }
    }

    /// Says these in the place of what it said.
    pub(crate) fn say(&mut self, n: u64, ack: Option<u64>) {
        self.length = 0;
        self.push(b"{\"n\":");
        self.push(itoa::Buffer::new().format(n).as_bytes());
        if let Some(ack) = ack {
            self.push(b",\"ack\":");
            self.push(itoa::Buffer::new().format(ack).as_bytes());
        }
        self.push(b",");
    }

    /// There is room for the longest numbers.
    fn push(&mut self, part: &[u8]) {
        let end = self.length + part.len();
        self.bytes[self.length..end].copy_from_slice(part);
        self.length = end;
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}
