//! The message that a frame came in.

use std::ops::Range;

use serde::de::DeserializeOwned;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::error::Error;
use crate::exact::frame::{Attached, read_with};
use crate::wire::decode;

/// The JSON of a frame and what is attached to it. Cloning is cheap; it shares the memory that it
/// was read into.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) text: Utf8Bytes,
    pub(crate) attached: Attached,
    /// Bytes of all of it.
    pub(crate) bytes: usize,
}

impl Message {
    /// Of a text frame.
    pub(crate) fn of_text(text: Utf8Bytes) -> Self {
        let bytes = text.len();
        Message { text, attached: Attached::default(), bytes }
    }

    /// Reads the value that stands at this place, below `root`; nowhere stands for `null`.
    ///
    /// # Errors
    ///
    /// `bad_data`, whose text begins with the path of what does not fit.
    pub(crate) fn read<T: DeserializeOwned>(
        &self,
        place: Option<Range<usize>>,
        root: &str,
    ) -> Result<T, Error> {
        let json = place.and_then(|place| self.text.as_str().get(place)).unwrap_or("null");
        if self.attached.is_empty() {
            return decode::read(json, root);
        }
        read_with(&self.attached, || decode::read(json, root))
    }
}
