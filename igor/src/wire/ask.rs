//! The frames of requests, by which the server asks a page.

use bytes::Bytes;
use serde::Serialize;

use crate::error::Error;
use crate::wire::body::Body;
use crate::wire::{encode, frame};

/// What is asked: the part of a request's body behind its `streamId`, which is given only when the
/// request has its place.
#[derive(Debug)]
pub(crate) struct Question {
    text: Vec<u8>,
    attached: Option<Vec<Bytes>>,
}

impl Question {
    /// Writes what is asked.
    ///
    /// # Errors
    ///
    /// `unsendable`, with the path, when it holds a value that the wire cannot hold, and
    /// `too_large` when it has more bytes.
    pub(crate) fn new<T: Serialize>(
        name: &str,
        data: &T,
        most_bytes: usize,
    ) -> Result<Self, Error> {
        let mut text = b",\"action\":".to_vec();
        encode::text(name, &mut text);
        let attached = frame::push_data(&mut text, data, most_bytes)?;
        Ok(Question { text, attached })
    }

    /// A body: the request under this id.
    pub(crate) fn body(&self, stream_id: i64) -> Body {
        let start = format!("\"streamId\":{stream_id}");
        frame::ended([start.as_bytes(), &self.text].concat(), self.attached.clone())
    }
}

/// A body: nobody waits for the answer to a request any more.
pub(crate) fn withdrawal(stream_id: i64) -> Body {
    Body::text(format!("\"streamId\":{stream_id},\"cancel\":true}}"))
}
