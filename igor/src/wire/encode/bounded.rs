//! Memory that takes so much and no more.

use std::io;

/// A buffer with a bound: a value that is over the limit of a message is not written to its end
/// before it is refused.
///
/// The buffer is its own and not borrowed, so that where the next part goes is found without a
/// detour; that is a hundredth of a large reply.
pub(super) struct Bounded {
    bytes: Vec<u8>,
    most: usize,
}

impl Bounded {
    /// The buffer, to have at most so many bytes.
    pub(super) fn new(bytes: Vec<u8>, most: usize) -> Self {
        Bounded { bytes, most }
    }

    /// The buffer, with what was written.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    // serde_json writes each quote, colon and comma by itself. Within its caller, one of them is a
    // comparison and a store; as a function of its own it cost a seventh of a large reply.
    #[inline(always)]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.bytes.len() + bytes.len() > self.most {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
