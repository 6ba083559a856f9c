//! The frames of requests, by which the server asks a page.

use bytes::Bytes;
use serde::Serialize;

use crate::error::Error;
use crate::wire::encode;

/// What is asked: the part of a request's body behind its `streamId`, which is given only when the
/// request has its place.
#[derive(Debug)]
pub(crate) struct Question(Vec<u8>);

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
        text.extend_from_slice(b",\"data\":");
        encode::write(data, &mut text, most_bytes)?;
        text.push(b'}');
        Ok(Question(text))
    }

    /// A body: the request under this id.
    pub(crate) fn body(&self, stream_id: i64) -> Bytes {
        let start = format!("\"streamId\":{stream_id}");
        [start.as_bytes(), &self.0].concat().into()
    }
}

/// A body: nobody waits for the answer to a request any more.
pub(crate) fn withdrawal(stream_id: i64) -> Bytes {
    format!("\"streamId\":{stream_id},\"cancel\":true}}").into()
}
