//! The beginning of a numbered frame, which is written when it goes out.

/// What goes in front of a body: the number of the frame, and what was received so far if that is
/// to be told.
#[derive(Debug)]
pub(crate) struct Prefix {
    bytes: [u8; Prefix::MOST_BYTES],
    length: usize,
}

impl Prefix {
    /// `{"n":,"ack":,` and two numbers of at most 20 digits.
    pub(crate) const MOST_BYTES: usize = 13 + 2 * 20;

    pub(crate) fn new(n: u64, ack: Option<u64>) -> Self {
        let mut prefix = Prefix { bytes: [0; Prefix::MOST_BYTES], length: 0 };
        prefix.push(b"{\"n\":");
        prefix.push(itoa::Buffer::new().format(n).as_bytes());
        if let Some(ack) = ack {
            prefix.push(b",\"ack\":");
            prefix.push(itoa::Buffer::new().format(ack).as_bytes());
        }
        prefix.push(b",");
        prefix
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
