//! The text of a frame, and the data in it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::action::ahead::{Ahead, Argument};
use crate::error::{Code, Error};
use crate::wire::decode;
use crate::wire::frame::{failure, loose_error};
use crate::wire::incoming::Incoming;

/// Data with something of everything that has a place of its own in a refusal.
#[derive(Deserialize)]
#[expect(dead_code, reason = "it is only read")]
struct Shape {
    name: String,
    size: Option<f64>,
    small: Option<i8>,
    #[serde(default)]
    rooms: Vec<Shape>,
    #[serde(default)]
    named: BTreeMap<u8, (bool, char)>,
    kind: Option<Kind>,
}

/// A choice.
#[derive(Deserialize)]
#[expect(dead_code, reason = "it is only read")]
enum Kind {
    Plain,
    One(u64),
    Two(String, ()),
    Named { shape: Box<Shape> },
}

/// Reads bytes as a frame and its data as a type of an action's.
///
/// # Panics
///
/// When what was read is not what stands there, or a refusal is none that can be sent.
pub fn frame(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    match Incoming::read(text) {
        Ok(frame) => {
            check(&frame, text);
            check_ahead(&frame, text);
            let data = frame.data.unwrap_or("null");
            let is_json = serde_json::from_str::<IgnoredAny>(data).is_ok();
            if let Err(error) = decode::read::<Shape>(data, "shape") {
                check_refusal(&error, if is_json { Code::BadData } else { Code::BadFrame });
                let start = if is_json { "`shape" } else { "not JSON: " };
                assert!(error.message().starts_with(start), "{error}");
            }
        }
        Err(error) => check_refusal(&error, Code::BadFrame),
    }
    if let Some(n) = Incoming::number_of(text) {
        assert!(text.contains(&n.to_string()) || text.contains('e'), "{n} in {text}");
    }
}

/// Whether the fields are those of the text.
fn check(frame: &Incoming<'_>, text: &str) {
    // What is nested deeper than any type is read by nobody else either.
    let Ok(value) = serde_json::from_str::<Value>(text) else { return };
    let fields = value.as_object().expect("a frame is an object");
    let number = |name: &str| fields.get(name).and_then(Value::as_u64);
    assert_eq!(frame.n, number("n"), "`n` of {text}");
    assert_eq!(frame.ack, number("ack"), "`ack` of {text}");
    assert_eq!(frame.credit.map(u64::from), number("credit"), "`credit` of {text}");
    assert_eq!(frame.deadline_ms, number("deadlineMs"), "`deadlineMs` of {text}");
    assert_eq!(frame.stream_id, fields.get("streamId").and_then(Value::as_i64), "{text}");
    let traceparent = fields.get("traceparent").and_then(Value::as_str);
    assert!(frame.traceparent.is_none() || frame.traceparent == traceparent, "{text}");
    assert_eq!(frame.action.as_deref(), fields.get("action").and_then(Value::as_str), "{text}");
}

/// Whether a frame that is read with its data is the same, and so is its data, which fits then.
fn check_ahead(frame: &Incoming<'_>, text: &str) {
    let read = Ahead::with_text(text, |_| Some(vec![("shape", Argument::read::<Shape>)]));
    let Some((ahead, _)) = read else { return };
    assert_eq!(format!("{ahead:?}"), format!("{frame:?}"), "{text}");
    let read = decode::read::<Shape>(frame.data.unwrap_or("null"), "shape");
    assert!(read.is_ok(), "{:?} of {text}", read.err());
}

/// Whether an error is one that the other end can be told.
pub(super) fn check_refusal(error: &Error, code: Code) {
    assert_eq!(error.code(), code, "{error}");
    let loose: Value = serde_json::from_slice(&loose_error(error)).expect("JSON");
    assert_eq!(loose["code"].as_u64(), code.number().map(u64::from));
    assert!(failure(i64::MIN, error).len() < 4 << 10, "too long: {error}");
}
