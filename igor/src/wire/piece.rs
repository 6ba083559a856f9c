//! A value in the frame that it came in, not yet decoded.

use std::ops::Range;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::error::Error;
use crate::wire::decode;

/// A value that waits for whoever knows its type. It shares the memory that the frame was read
/// into.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    frame: Utf8Bytes,
    /// Where the value stands; nowhere stands for `null`.
    place: Option<Range<usize>>,
}

impl Piece {
    /// A value that was read from this frame without copying; none is `null`.
    pub(crate) fn new(frame: &Utf8Bytes, value: Option<&RawValue>) -> Self {
        let place = value.map(|value| place_of(value, frame));
        Piece { frame: frame.clone(), place }
    }

    /// Bytes of the value.
    pub(crate) fn len(&self) -> usize {
        self.place.as_ref().map_or(0, ExactSizeIterator::len)
    }

    /// Reads it, below `root`.
    ///
    /// # Errors
    ///
    /// `bad_data`, whose text begins with the path of what does not fit.
    pub(crate) fn read<T: DeserializeOwned>(&self, root: &str) -> Result<T, Error> {
        let json = self.place.clone().and_then(|place| self.frame.as_str().get(place));
        decode::read(json.unwrap_or("null"), root)
    }
}

/// Where a value stands in the frame that it was read from without copying.
pub(crate) fn place_of(value: &RawValue, frame: &str) -> Range<usize> {
    let start = value.get().as_ptr().addr() - frame.as_ptr().addr();
    start..start + value.get().len()
}
