//! The golden binary frames: those of a client read, those of a server written.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::*;
use crate::exact::{BigInt, Bytes as Attachment, Date};
use crate::wire::frame;
use crate::wire::incoming::Incoming;

/// A frame that both languages agree on.
#[derive(Deserialize)]
struct Golden {
    name: String,
    direction: String,
    json: String,
    attachments: Vec<String>,
    data: Word,
    message: String,
}

/// Data; an exact value is an object with a word for it as its only key.
#[derive(Deserialize)]
#[serde(untagged)]
enum Word {
    Bytes { bytes: String },
    Integer { integer: String },
    Date { date: String },
    List(Vec<Word>),
    Map(BTreeMap<String, Word>),
    Other(serde_json::Value),
}

impl Serialize for Word {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Word::Bytes { bytes } => Attachment::from(unhex(bytes)).serialize(serializer),
            Word::Integer { integer } => {
                integer.parse::<BigInt>().expect("an integer").serialize(serializer)
            }
            Word::Date { date } => date.parse::<Date>().expect("a date").serialize(serializer),
            Word::List(items) => items.serialize(serializer),
            Word::Map(fields) => fields.serialize(serializer),
            Word::Other(value) => value.serialize(serializer),
        }
    }
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).expect("ASCII"));
    digits.map(|pair| u8::from_str_radix(pair, 16).expect("hexadecimal")).collect()
}

#[test]
fn the_golden_frames_of_a_client_are_read_and_those_of_a_server_written() {
    let text = include_str!("../../../../tests/golden/binary/frames.json");
    let frames: Vec<Golden> = serde_json::from_str(text).expect("golden frames");
    for Golden { name, direction, json, attachments, data, message: golden } in frames {
        let attachments: Vec<Bytes> = attachments.iter().map(|bytes| unhex(bytes).into()).collect();
        let golden = Bytes::from(unhex(&golden));
        let split = Split::new(&golden).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(split.text.as_str(), json, "{name}");
        let frame = Incoming::read(&split.text).unwrap_or_default();
        let (_, attached) =
            split.attached(&frame.bin).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(*attached.attachments, *attachments, "{name}");
        if direction == "client" {
            continue;
        }
        let body = match name.as_str() {
            "output" => frame::output(7, &data, usize::MAX),
            "result" => frame::result(7, &data, usize::MAX),
            "result without attachments" => frame::result(8, &data, usize::MAX),
            "failure by the action's own error" => {
                frame::action_failed(9, &data, "there is one already", usize::MAX)
            }
            "event" => frame::event(None, "picture.was_put", &data, usize::MAX),
            _ => panic!("nothing here writes the frame `{name}`"),
        };
        let body = body.expect("sendable");
        assert_eq!(body.attachments(), Some(&attachments[..]), "{name}");
        let text = std::str::from_utf8(body.json()).expect("JSON");
        assert!(json.ends_with(text), "{name}: {text}");
    }
}
