//! Frames that a client sends, read without copying.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::error::{Code, Error};
use crate::wire::decode;
use crate::wire::scan::{InOrder, Unusual, plain_text, value_length};

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

    /// Reads a frame as igor's own clients write those of which there are many. Its data is JSON only
    /// if whoever reads that finds it so.
    fn usual(text: &'a str) -> Result<Self, Unusual> {
        Incoming::usual_with(text, |_, data| value_length(data))
    }

    /// As [`usual`](Incoming::usual), for somebody who tells, by the action and the text from the
    /// start of the data on, how long that is.
    pub(crate) fn usual_with(
        text: &'a str,
        length_of: impl FnOnce(Option<&str>, &str) -> Option<usize>,
    ) -> Result<Self, Unusual> {
        let mut members = InOrder::of(text)?;
        let n = members.number(br#""n":"#)?;
        let ack = members.number(br#""ack":"#)?;
        let stream_id = within(members.number(br#""streamId":"#)?)?;
        let action = members.text(br#""action":"#)?;
        let frame = Incoming {
            n,
            ack,
            stream_id,
            action: action.map(Cow::Borrowed),
            credit: within(members.number(br#""credit":"#)?)?,
            deadline_ms: members.number(br#""deadlineMs":"#)?,
            data: members.value(br#""data":"#, |data| length_of(action, data))?,
            traceparent: members.text(br#""traceparent":"#)?,
            ..Incoming::default()
        };
        members.end()?;
        if frame.data == Some("null") { Err(Unusual) } else { Ok(frame) }
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

/// A number of a type that holds fewer.
fn within<T: TryFrom<u64>>(number: Option<u64>) -> Result<Option<T>, Unusual> {
    number.map(T::try_from).transpose().map_err(|_| Unusual)
}

/// Any value, unread; `null` is none.
fn as_it_stands<'de: 'a, 'a, D: Deserializer<'de>>(from: D) -> Result<Option<&'a str>, D::Error> {
    Ok(Option::<&RawValue>::deserialize(from)?.map(RawValue::get))
}

/// A text as it stands there; anything else is none.
fn if_plain<'de: 'a, 'a, D: Deserializer<'de>>(from: D) -> Result<Option<&'a str>, D::Error> {
    let value = <&RawValue>::deserialize(from)?.get();
    Ok(plain_text(value, 0).map(|(text, _)| text))
}

/// serde reads a struct from an array too, which no frame is.
fn is_object(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
    fn what_clients_write_often_is_read_as_usual_and_what_is_not_json_is_not() {
        let usual = [
            r#"{"ack":3}"#,
            r#"{"n":1,"streamId":7,"credit":128}"#,
            r#"{"n":1,"ack":3,"streamId":7,"data":[1]}"#,
            r#"{"n":1,"streamId":7,"action":"a"}"#,
            r#"{"n":1,"ack":3,"streamId":7,"action":"a","credit":256,"deadlineMs":9,"data":1,"traceparent":"00-ab"}"#,
        ];
        for text in usual {
            let frame = Incoming::usual(text).expect(text);
            let read: Incoming<'_> = read_object(text).expect("JSON");
            assert_eq!(format!("{frame:?}"), format!("{read:?}"));
        }
        let odd = [
            r#"{"n":1,"n":1}"#,
            r#"{"n":1"ack":3}"#,
            r#"{"n":1{"ack":3}"#,
            r#"{"n":1,"ack":3"#,
            r#"{"n":1,"ack":3}}"#,
            r#"{"n":01}"#,
            r#"{"n":1,"data":}"#,
            r#"{"n":1,"data":null}"#,
            r#"{"n":1,"streamId":9223372036854775808}"#,
            r#"{"n":1,"streamId":7,"credit":4294967296}"#,
        ];
        for text in odd {
            assert!(Incoming::usual(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_trace_is_read_where_it_is_a_plain_text_and_hurts_nothing_where_it_is_not() {
        let read = |value: &str| {
            let text =
                format!(r#"{{"n":1,"streamId":7,"action":"a","data":1,"traceparent":{value}}}"#);
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

    proptest! {
        #[test]
        fn what_is_read_as_usual_is_json_that_says_the_same(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    ",\"ack\":1", ",\"streamId\":7", ",\"action\":\"a\"", ",\"credit\":0", ",\"data\":[1]",
                    ",\"data\":", ",\"close\":true", ",", "}", "{", "\"credit\":0", "1", "-1", "\"", "\"a\":1", " ",
                ]),
                0..5,
            ),
        ) {
            let text = format!("{{\"n\":1{}}}", parts.concat());
            if let Ok(frame) = Incoming::usual(&text) {
                // What its data is, whoever reads that finds out.
                let data = frame.data.unwrap_or("1");
                let sound = serde_json::from_str::<serde_json::Value>(data).is_ok();
                let text = if sound { text.clone() } else { text.replacen(data, "1", 1) };
                let read: Incoming<'_> = read_object(&text).expect("JSON");
                let of_frame = |frame: &Incoming<'_>| {
                    let action = frame.action.as_deref().map(str::to_owned);
                    (frame.n, frame.ack, frame.stream_id, action, frame.credit)
                };
                prop_assert_eq!(of_frame(&frame), of_frame(&read));
                prop_assert_eq!(frame.data.is_some(), read.data.is_some());
            }
        }
    }
}
