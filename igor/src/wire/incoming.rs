//! Frames that a client sends, read without copying.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::error::{Code, Error};
use crate::wire::decode;
use crate::wire::scan::{Members, Unusual, plain_text, whole_number};

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
}
