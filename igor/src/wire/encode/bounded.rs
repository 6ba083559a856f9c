//! Memory that takes so much and no more.

use std::io;

/// A buffer with a bound: a value that is over the limit of a message is not written to its end
/// before it is refused.
pub(super) struct Bounded<'a> {
    bytes: &'a mut Vec<u8>,
    most: usize,
}

impl<'a> Bounded<'a> {
    /// The buffer, to have at most so many bytes.
    pub(super) fn new(bytes: &'a mut Vec<u8>, most: usize) -> Self {
        Bounded { bytes, most }
    }
}

impl io::Write for Bounded<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    // serde_json writes each quote, colon and comma by itself. Within its caller, one of them is a
    // comparison and a store; as a function of its own it cost a seventh of a large reply.
    #[inline(always)]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.len() > self.most.saturating_sub(self.bytes.len()) {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
