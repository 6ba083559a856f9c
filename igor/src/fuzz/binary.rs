//! A binary frame, and the exact values in it.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Deserialize;

use crate::error::Code;
use crate::exact::frame::read_with;
use crate::exact::{BigInt, Bytes as Attachment, Date};
use crate::fuzz::frame::check_refusal;
use crate::wire::binary::Split;
use crate::wire::decode;
use crate::wire::incoming::Incoming;

/// Data that has exact values in each kind of place.
#[derive(Deserialize)]
#[expect(dead_code, reason = "it is only read")]
struct Shape {
    file: Option<Attachment>,
    #[serde(default)]
    sizes: Vec<BigInt>,
    at: Option<Date>,
    choice: Option<Choice>,
    #[serde(flatten)]
    rest: BTreeMap<String, Loose>,
}

/// What serde reads into a buffer first.
#[derive(Deserialize)]
#[serde(untagged)]
#[expect(dead_code, reason = "it is only read")]
enum Loose {
    File(Attachment),
    Size(BigInt),
    Text(String),
    List(Vec<Loose>),
    Map(BTreeMap<String, Loose>),
}

/// What serde reads by a tag that may come last.
#[derive(Deserialize)]
#[serde(tag = "kind")]
#[expect(dead_code, reason = "it is only read")]
enum Choice {
    File { file: Attachment },
    Moment { at: Date },
}

/// Reads bytes as a binary frame and its data as a type of an action's.
///
/// # Panics
///
/// When attachments are not what stands behind the JSON, or a refusal is none that can be sent.
pub fn binary(bytes: &[u8]) {
    let message = Bytes::copy_from_slice(bytes);
    let split = match Split::new(&message) {
        Ok(split) => split,
        Err(error) => return check_refusal(&error, Code::BadFrame),
    };
    let lengths = match Incoming::read(&split.text) {
        Ok(frame) => frame.bin,
        Err(error) => return check_refusal(&error, Code::BadFrame),
    };
    let (text, attached) = match split.attached(&lengths) {
        Ok(attached) => attached,
        Err(error) => return check_refusal(&error, Code::BadFrame),
    };
    let behind = &message[4 + split.text.len()..];
    assert_eq!(attached.attachments.concat(), behind, "{:?}", split.text);
    let text = text.unwrap_or(split.text);
    // Keys lose and get signs: it stays JSON all the same.
    let frame = Incoming::read(&text).unwrap_or_else(|error| panic!("{error} in {text}"));
    let data = frame.data.unwrap_or("null");
    if let Err(error) = read_with(&attached, || decode::read::<Shape>(data, "shape")) {
        check_refusal(&error, Code::BadData);
        assert!(error.message().starts_with("`shape"), "{error}");
    }
}
