//! Frames: what a client sends, read without copying, and what a server sends, as bytes.
//!
//! The part of a frame from `streamId` on is its *body*. It is the same for all receivers of an
//! event, is written once, and gets its number and acknowledgement in front when it goes out.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::error::{Code, Error};
use crate::wire::body::Body;
use crate::wire::prefix::Prefix;
use crate::wire::scan::{Members, Unusual, plain_text, whole_number};
use crate::wire::{decode, encode, scratch};

/// A frame of a client, its data not yet looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a JSON object")]
pub(crate) struct Incoming<'a> {
    /// The number of a reliable frame.
    pub(crate) n: Option<u64>,
    /// The highest number received without a gap.
    pub(crate) ack: Option<u64>,
    /// The call that the frame belongs to.
    pub(crate) stream_id: Option<i64>,
    /// The action to call.
    #[serde(borrow)]
    pub(crate) action: Option<Cow<'a, str>>,
    /// How many items may be sent, or may be sent in addition.
    pub(crate) credit: Option<u32>,
    /// After how many milliseconds the caller stops waiting.
    pub(crate) deadline_ms: Option<u64>,
    /// The payload; absent and `null` mean the same.
    #[serde(borrow, default, deserialize_with = "as_it_stands")]
    pub(crate) data: Option<&'a str>,
    /// Why the sender of an input or an answer failed.
    #[serde(borrow)]
    pub(crate) error: Option<Cow<'a, str>>,
    /// The number of the code of that.
    pub(crate) code: Option<u16>,
    /// Whether it is the last one of an input or an answer.
    #[serde(default)]
    pub(crate) close: bool,
    /// Whether the caller no longer wants the call.
    #[serde(default)]
    pub(crate) cancel: bool,
    /// Whether an answer is asked for, to see that the other end is there.
    #[serde(default)]
    pub(crate) beat: bool,
    /// The trace that a call belongs to, where that is a plain text; what else is said there counts
    /// as nothing.
    #[serde(borrow, default, deserialize_with = "if_plain")]
    pub(crate) traceparent: Option<&'a str>,
    /// The lengths of the attachments of a binary frame; a text frame has none, whatever it says.
    #[serde(default)]
    pub(crate) bin: Vec<u64>,
}

impl<'a> Incoming<'a> {
    /// Reads a frame.
    ///
    /// # Errors
    ///
    /// `bad_frame` when the text is not JSON, not an object, or has a field of the wrong kind.
    pub(crate) fn read(text: &'a str) -> Result<Self, Error> {
        Incoming::usual(text).or_else(|Unusual| read_object(text))
    }

    /// Reads a frame as clients write it. Its data is JSON only if whoever reads that finds it so.
    fn usual(text: &'a str) -> Result<Self, Unusual> {
        let mut frame = Incoming::default();
        let mut members = Members::of(text)?;
        while let Some((key, value)) = members.next()? {
            match key.as_bytes() {
                b"n" => once(&mut frame.n, whole_number(value))?,
                b"ack" => once(&mut frame.ack, whole_number(value))?,
                b"streamId" => once(&mut frame.stream_id, stream_id(value))?,
                b"action" => once(&mut frame.action, plain_text(value).map(Cow::Borrowed))?,
                b"credit" => once(&mut frame.credit, small(value))?,
                b"deadlineMs" => once(&mut frame.deadline_ms, whole_number(value))?,
                b"data" if value != "null" => once(&mut frame.data, Some(value))?,
                b"traceparent" => once(&mut frame.traceparent, plain_text(value))?,
                _ => return Err(Unusual),
            }
        }
        Ok(frame)
    }

    /// The number of a frame that could not be read otherwise, so that it counts as received
    /// whatever it holds.
    pub(crate) fn number_of(text: &str) -> Option<u64> {
        #[derive(Deserialize)]
        struct Numbered {
            n: u64,
        }
        let text = is_object(text).then_some(text)?;
        serde_json::from_str(text).ok().map(|Numbered { n }| n)
    }
}

/// Reads what a whole frame says, in any form that JSON has.
///
/// # Errors
///
/// `bad_frame` when the text is not JSON, not an object, or has a field of the wrong kind.
pub(super) fn read_object<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Error> {
    let is_object = is_object(text);
    let cause = match serde_json::from_str(text) {
        Ok(frame) if is_object => return Ok(frame),
        Ok(_) => None,
        Err(cause) => Some(cause),
    };
    let reason = match cause {
        Some(cause) if !cause.is_data() => format!("not JSON: {cause}"),
        Some(cause) if is_object => decode::misfit::<T>(text, "", &cause),
        _ => "a frame is a JSON object".to_owned(),
    };
    Err(Error::new(Code::BadFrame, reason))
}

/// Takes the value of a member that may be there once.
fn once<T>(member: &mut Option<T>, value: Option<T>) -> Result<(), Unusual> {
    if member.is_some() || value.is_none() {
        return Err(Unusual);
    }
    *member = value;
    Ok(())
}

fn stream_id(value: &str) -> Option<i64> {
    whole_number(value)?.try_into().ok()
}

fn small(value: &str) -> Option<u32> {
    whole_number(value)?.try_into().ok()
}

/// Any value, unread; `null` is none.
fn as_it_stands<'de: 'a, 'a, D: Deserializer<'de>>(from: D) -> Result<Option<&'a str>, D::Error> {
    Ok(Option::<&RawValue>::deserialize(from)?.map(RawValue::get))
}

/// A text as it stands there; anything else is none.
fn if_plain<'de: 'a, 'a, D: Deserializer<'de>>(from: D) -> Result<Option<&'a str>, D::Error> {
    Ok(plain_text(<&RawValue>::deserialize(from)?.get()))
}

/// serde reads a struct from an array too, which no frame is.
fn is_object(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

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

    fn refusal(text: &str) -> String {
        let error = Incoming::read(text).expect_err("it is no frame");
        assert_eq!(error.code(), Code::BadFrame);
        error.message().to_owned()
    }

    #[test]
    fn a_frame_is_read_whatever_the_order_of_its_fields() {
        let text =
            r#"{"data": [1] ,"action":"a\"b","deadlineMs":9,"streamId":7,"x":0,"n":1,"credit":2}"#;
        let frame = Incoming::read(text).expect("it is a frame");
        assert_eq!((frame.n, frame.stream_id, frame.credit), (Some(1), Some(7), Some(2)));
        assert_eq!((frame.ack, frame.deadline_ms), (None, Some(9)));
        assert_eq!(frame.action.as_deref(), Some("a\"b"));
        assert_eq!(frame.data, Some("[1]"));
        assert!(!frame.cancel && !frame.beat);
    }

    #[test]
    fn a_trace_is_read_where_it_is_a_plain_text_and_hurts_nothing_where_it_is_not() {
        let read = |value: &str| {
            let text =
                format!(r#"{{"n":1,"streamId":7,"action":"a","traceparent":{value},"data":1}}"#);
            let usual = Incoming::usual(&text).map(|frame| frame.traceparent.map(str::to_owned));
            let frame = Incoming::read(&text).expect("it is a frame");
            assert_eq!((frame.n, frame.data), (Some(1), Some("1")), "{value}");
            (usual.ok(), frame.traceparent.map(str::to_owned))
        };
        let told = Some("00-ab".to_owned());
        assert_eq!(read(r#""00-ab""#), (Some(told.clone()), told));
        for odd in ["null", "7", "{}", "[\"00-ab\"]", r#""00\u002dab""#, r#""é""#] {
            assert_eq!(read(odd), (None, None), "{odd}");
        }
    }

    #[test]
    fn what_is_not_json_is_told_from_json_of_the_wrong_kind() {
        assert_eq!(refusal("hello"), "not JSON: expected value at line 1 column 1");
        assert_eq!(refusal(""), "not JSON: EOF while parsing a value at line 1 column 0");
        let cut = refusal(r#"{"n":1,"data":[1"#);
        assert_eq!(cut, "not JSON: EOF while parsing a list at line 1 column 16");
        for text in ["5", "null", "\"text\"", "[]", "[1,2]", " [null,null,null]"] {
            assert_eq!(refusal(text), "a frame is a JSON object", "{text}");
        }
    }

    #[test]
    fn what_is_not_json_inside_the_data_is_found_when_that_is_read() {
        let frame = Incoming::read(r#"{"n":1,"data":{"a":}}"#).expect("its data is not looked at");
        let error = decode::read::<f64>(frame.data.expect("data"), "data").expect_err("no JSON");
        assert_eq!(error.code(), Code::BadFrame);
        assert_eq!(error.message(), "not JSON: expected value at line 1 column 6");
    }

    #[test]
    fn a_field_of_the_wrong_kind_is_named() {
        let wrong = [
            (r#"{"n":"1"}"#, r#"`n`: invalid type: string "1", expected u64"#),
            (r#"{"n":-1}"#, "`n`: invalid value: integer `-1`, expected u64"),
            (r#"{"n":1,"streamId":{}}"#, "`streamId`: invalid type: map, expected i64"),
            (
                r#"{"streamId":1.5 }"#,
                "`streamId`: invalid type: floating point `1.5`, expected i64",
            ),
            (r#"{"action":5}"#, "`action`: invalid type: integer `5`, expected a string"),
            (r#"{"cancel":null}"#, "`cancel`: invalid type: null, expected a boolean"),
            (r#"{"n":1,"n":1}"#, "duplicate field `n`"),
        ];
        for (text, expected) in wrong {
            assert_eq!(refusal(text), expected, "{text}");
        }
    }

    #[test]
    fn a_frame_that_is_wrong_elsewhere_still_has_its_number() {
        assert_eq!(Incoming::number_of(r#"{"n":7,"action":5}"#), Some(7));
        assert_eq!(Incoming::number_of(r#"{"n":"7","action":5}"#), None);
        assert_eq!(Incoming::number_of("[7]"), None);
    }

    #[test]
    fn a_long_error_is_cut_so_that_its_frame_can_be_sent() {
        for sign in ["a", "é", "\0", "\"", "\u{7f}"] {
            let error = Error::new(Code::UnknownAction, sign.repeat(1 << 20));
            let bytes = failure(i64::MAX, &error).len();
            assert!((MOST_ERROR_BYTES..4000).contains(&bytes), "{sign:?}: {bytes}");
        }
    }
}
