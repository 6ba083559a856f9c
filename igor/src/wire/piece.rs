//! A value in the frame that it came in, not yet decoded.

use std::ops::Range;

use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::wire::message::Message;

/// A value that waits for whoever knows its type. It shares the memory that the frame was read
/// into.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    message: Message,
    /// Where the value stands; nowhere stands for `null`.
    place: Option<Range<usize>>,
}

impl Piece {
    /// A value that was read from this message without copying; none is `null`.
    pub(crate) fn new(message: &Message, value: Option<&str>) -> Self {
        let place = value.map(|value| place_of(value, &message.text));
        Piece { message: message.clone(), place }
    }

    /// What it costs to keep it: all of its message, of which the value may be a small part.
    pub(crate) fn cost_bytes(&self) -> usize {
        self.message.bytes + size_of_val(&*self.message.attached.attachments)
    }

    /// Reads it, below `root`.
    ///
    /// # Errors
    ///
    /// `bad_data`, whose text begins with the path of what does not fit.
    pub(crate) fn read<T: DeserializeOwned>(&self, root: &str) -> Result<T, Error> {
        self.message.read(self.place.clone(), root)
    }
}

/// Where a value stands in the frame that it was read from without copying.
pub(crate) fn place_of(value: &str, frame: &str) -> Range<usize> {
    let start = value.as_ptr().addr() - frame.as_ptr().addr();
    start..start + value.len()
}
