//! The classic dialect: what the ancestor of igor says and understands, in terms of `igor.1`.
//!
//! A classic client's message is read here as a call; what a server of `igor.1` says becomes the
//! frames of that dialect in [`streams`]. So everything behind speaks one protocol.

mod streams;

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::error::{Code, Error};
use crate::wire::incoming::read_object;

pub(crate) use streams::{Kind, Left, Streams};

/// The longest stream id, as JSON: each frame of its call repeats it.
const MOST_ID_BYTES: usize = 128;

/// A message of a classic client, its data not yet looked at.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    /// The id of the stream that the client opens, as it stands: JSON of any kind.
    pub(crate) stream_id: &'a str,
    pub(crate) action: Cow<'a, str>,
    /// The payload; absent and `null` mean the same.
    pub(crate) data: Option<&'a str>,
}

/// The same, of which anything may be missing.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a JSON object")]
struct Said<'a> {
    #[serde(borrow, default, deserialize_with = "as_it_stands")]
    stream_id: Option<&'a str>,
    #[serde(borrow)]
    action: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "as_it_stands")]
    data: Option<&'a str>,
}

impl<'a> Call<'a> {
    /// Reads a message.
    ///
    /// # Errors
    ///
    /// `bad_frame` when it is not a JSON object, has no stream id or no action, or one of the
    /// wrong kind.
    pub(crate) fn read(text: &'a str) -> Result<Self, Error> {
        let bad = |text: String| Error::new(Code::BadFrame, text);
        let Said { stream_id, action, data } = read_object(text)?;
        let stream_id = stream_id.ok_or_else(|| bad("the message has no `streamId`".to_owned()))?;
        if stream_id.len() > MOST_ID_BYTES {
            return Err(bad(format!("a `streamId` has at most {MOST_ID_BYTES} bytes as JSON")));
        }
        let action = action.ok_or_else(|| bad("the message has no `action`".to_owned()))?;
        Ok(Call { stream_id, action, data: data.filter(|data| *data != "null") })
    }
}

/// Any value, unread, `null` too.
fn as_it_stands<'de: 'a, 'a, D: Deserializer<'de>>(from: D) -> Result<Option<&'a str>, D::Error> {
    <&RawValue>::deserialize(from).map(|raw| Some(raw.get()))
}

/// The number by which a classic client is told why its message cannot be served: that of the
/// ancestor, which knows 400 for what the client did wrong and 503 for the rest, or of a refusal.
const fn number(code: Code) -> u16 {
    match code {
        Code::BadFrame | Code::UnknownAction | Code::BadData | Code::TooLarge => 400,
        Code::Unauthorized => 401,
        Code::Forbidden => 403,
        _ => 503,
    }
}

#[cfg(test)]
mod tests;
