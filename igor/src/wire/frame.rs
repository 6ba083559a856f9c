//! Frames that a server sends, as bytes.
//!
//! The part of a frame from `streamId` on is its *body*. It is the same for all receivers of an
//! event, is written once, and gets its number and acknowledgement in front when it goes out.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;

use crate::error::{Code, Error};
use crate::wire::body::Body;
use crate::wire::prefix::Prefix;
use crate::wire::{encode, scratch};

/// The longest text of an error of igor's own, as JSON: a frame of it passes any limit that a
/// message can have, so that no call stays without its last frame.
const MOST_ERROR_BYTES: usize = 3 << 10;

/// The text of an error as the other end is told it. It is cut where it is very long, because it
/// may quote what came from outside.
fn told(error: &Error) -> Cow<'_, str> {
    let text = error.message();
    let mut bytes = 0;
    let is_over = |sign: char| {
        bytes += match sign {
            '\0'..='\x1f' => "\\u0000".len(),
            '"' | '\\' => 2,
            sign => sign.len_utf8(),
        };
        bytes > MOST_ERROR_BYTES
    };
    match text.find(is_over) {
        Some(end) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

/// A body: an output on the way of a call.
pub(crate) fn output<T: Serialize>(
    stream_id: i64,
    item: &T,
    most_bytes: usize,
) -> Result<Body, Error> {
    let mut text = begin(stream_id);
    let attached = push_data(&mut text, item, most_bytes)?;
    Ok(ended(text, attached))
}

/// A body: the value that a call ends with.
pub(crate) fn result<T: Serialize>(
    stream_id: i64,
    value: &T,
    most_bytes: usize,
) -> Result<Body, Error> {
    let mut text = begin(stream_id);
    let attached = push_data(&mut text, value, most_bytes)?;
    text.extend_from_slice(b",\"close\":true");
    Ok(ended(text, attached))
}

/// A body: the caller may send so many more items of its input.
pub(crate) fn credit(stream_id: i64, items: u32) -> Body {
    Body::text(format!("\"streamId\":{stream_id},\"credit\":{items}}}"))
}

/// A body: the end of a call that replied with a stream.
pub(crate) fn end(stream_id: i64) -> Body {
    let mut text = begin(stream_id);
    text.extend_from_slice(b",\"close\":true}");
    Body::text(scratch::keep(text))
}

/// A body: the end of a call by the action's own typed error.
pub(crate) fn action_failed<E: Serialize>(
    stream_id: i64,
    error: &E,
    text: &str,
    most_bytes: usize,
) -> Result<Body, Error> {
    let mut body = begin(stream_id);
    let attached = push_data(&mut body, error, most_bytes)?;
    close_with(&mut body, text, Code::ActionFailed, None);
    Ok(ended(body, attached))
}

/// A body: the end of a call by an error of igor's own.
///
/// The text is sent as it is; whoever calls this has replaced what is internal.
pub(crate) fn failure(stream_id: i64, error: &Error) -> Body {
    let mut text = begin(stream_id);
    close_with_error(&mut text, error);
    Body::text(scratch::keep(text))
}

/// A body: an event, from a process or not.
pub(crate) fn event<T: Serialize>(
    process: Option<&str>,
    name: &str,
    payload: &T,
    most_bytes: usize,
) -> Result<Body, Error> {
    let mut text = scratch::take();
    if let Some(process) = process {
        text.extend_from_slice(b"\"streamId\":");
        encode::text(process, &mut text);
        text.push(b',');
    }
    text.extend_from_slice(b"\"action\":");
    encode::text(name, &mut text);
    let attached = push_data(&mut text, payload, most_bytes)?;
    Ok(ended(text, attached))
}

/// A body: a process that ended for good, with the id of its error in the log if it failed.
pub(crate) fn process_ended(process: &str, log_id: Option<&str>) -> Body {
    let mut body = b"\"streamId\":".to_vec();
    encode::text(process, &mut body);
    if let Some(log_id) = log_id {
        body.extend_from_slice(b",\"error\":");
        encode::text(log_id, &mut body);
    }
    body.extend_from_slice(b",\"close\":true}");
    Body::text(body)
}

/// A body: how many events of which name the client did not get at this place.
pub(crate) fn missed(missed: &BTreeMap<&'static str, u64>) -> Body {
    let mut body = b"\"action\":\"igor.missed\",\"data\":{".to_vec();
    for (index, (name, count)) in missed.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        encode::text(name, &mut body);
        body.extend_from_slice(format!(":{count}").as_bytes());
    }
    body.extend_from_slice(b"}}");
    Body::text(body)
}

/// A whole frame, never numbered: an error that belongs to no stream.
pub(crate) fn loose_error(error: &Error) -> Vec<u8> {
    let mut frame = b"{\"error\":".to_vec();
    encode::text(&told(error), &mut frame);
    push_code(&mut frame, error.code());
    frame.push(b'}');
    frame
}

/// A whole frame, never numbered: what was received so far, and whether an answer is asked for.
pub(crate) fn beat(ack: u64, asks: Asks) -> Vec<u8> {
    match asks {
        Asks::Nothing => format!("{{\"ack\":{ack}}}"),
        Asks::Answer => format!("{{\"ack\":{ack},\"beat\":true}}"),
    }
    .into_bytes()
}

/// Whether a beat wants to be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asks {
    /// No: it only says that its sender is there.
    Nothing,
    /// Yes: nothing was heard for a beat.
    Answer,
}

/// A whole frame, never numbered: the server ends, when to come back, and the last call that it has
/// begun.
pub(crate) fn goodbye(reason: &str, retry_after: Duration, last_call: i64) -> Vec<u8> {
    let mut frame = b"{\"action\":\"igor.goodbye\",\"data\":{\"reason\":".to_vec();
    encode::text(reason, &mut frame);
    let after = retry_after.as_millis();
    frame.extend_from_slice(
        format!(",\"retryAfterMs\":{after},\"lastCall\":{last_call}}}}}").as_bytes(),
    );
    frame
}

/// Whether the frame of a body stays within the limit of a message.
///
/// # Errors
///
/// `too_large` when it does not.
pub(crate) fn check_size(body: &Body, most_bytes: usize) -> Result<(), Error> {
    if body.len() + Prefix::MOST_BYTES <= most_bytes {
        return Ok(());
    }
    Err(Error::too_large(most_bytes))
}

fn begin(stream_id: i64) -> Vec<u8> {
    let mut body = scratch::take();
    body.extend_from_slice(b"\"streamId\":");
    body.extend_from_slice(itoa::Buffer::new().format(stream_id).as_bytes());
    body
}

/// Adds the data of a frame; gives what is to be attached to it.
pub(super) fn push_data<T: Serialize>(
    text: &mut Vec<u8>,
    data: &T,
    most_bytes: usize,
) -> Result<Option<Vec<Bytes>>, Error> {
    text.extend_from_slice(b",\"data\":");
    encode::write(data, text, most_bytes)
}

/// Ends a frame, whose last member but the lengths of what is attached was written.
pub(super) fn ended(mut text: Vec<u8>, attached: Option<Vec<Bytes>>) -> Body {
    let Some(attachments) = attached else {
        text.push(b'}');
        return Body::text(scratch::keep(text));
    };
    if !attachments.is_empty() {
        let lengths: Vec<_> = attachments.iter().map(|bytes| bytes.len().to_string()).collect();
        text.extend_from_slice(format!(",\"bin\":[{}]", lengths.join(",")).as_bytes());
    }
    text.push(b'}');
    Body::binary(scratch::keep(text), attachments)
}

/// Ends a frame, whose last member was written, as the last one, by an error of igor's own.
pub(super) fn close_with_error(body: &mut Vec<u8>, error: &Error) {
    close_with(body, &told(error), error.code(), error.retries_after());
    body.push(b'}');
}

/// Says that a frame is the last one, by an error.
fn close_with(body: &mut Vec<u8>, text: &str, code: Code, retry_after: Option<Duration>) {
    body.extend_from_slice(b",\"error\":");
    encode::text(text, body);
    push_code(body, code);
    body.extend_from_slice(b",\"close\":true");
    if let Some(after) = retry_after {
        body.extend_from_slice(format!(",\"retryAfterMs\":{}", after.as_millis()).as_bytes());
    }
}

fn push_code(frame: &mut Vec<u8>, code: Code) {
    if let Some(number) = code.number() {
        frame.extend_from_slice(format!(",\"code\":{number}").as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_error_is_cut_so_that_its_frame_can_be_sent() {
        for sign in ["a", "é", "\0", "\"", "\u{7f}"] {
            let error = Error::new(Code::UnknownAction, sign.repeat(1 << 20));
            let bytes = failure(i64::MAX, &error).len();
            assert!((MOST_ERROR_BYTES..4000).contains(&bytes), "{sign:?}: {bytes}");
        }
    }
}
