//! Frames as messages of a WebSocket.

use bytes::{BufMut as _, Bytes, BytesMut};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use crate::wire::body::Body;

/// The message of a body that has its number.
pub(super) fn written(prefix: &[u8], body: &Body) -> Message {
    let json = body.json();
    let Some(attachments) = body.attachments() else {
        return text(Bytes::from([prefix, json].concat()));
    };
    let mut bytes = BytesMut::with_capacity(prefix.len() + body.len());
    // No JSON is as long as that: a message has its limit.
    bytes.put_u32_le(u32::try_from(prefix.len() + json.len()).unwrap_or(u32::MAX));
    bytes.put_slice(prefix);
    bytes.put_slice(json);
    attachments.iter().for_each(|attachment| bytes.put_slice(attachment));
    Message::Binary(bytes.freeze())
}

/// A text message, of what was written as text.
pub(super) fn text(bytes: Bytes) -> Message {
    Message::Text(Utf8Bytes::try_from(bytes).unwrap_or_default())
}
