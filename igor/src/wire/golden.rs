//! The golden frames: what both languages agree on, read and written by the Rust side.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::error::{Code, Error};
use crate::wire::WireLimits;
use crate::wire::ask::{self, Question};
use crate::wire::frame::{self, Asks};
use crate::wire::hello::{self, Hello, Told, ToldContract, ToldLimits, Welcome, WelcomeEnd};
use crate::wire::incoming::Incoming;
use crate::wire::prefix::Prefix;

/// Shapes of the protocol that a server of this release does not send.
const NOT_SENT: [&str; 2] = ["volatile event", "events missed"];

#[derive(Deserialize)]
pub(super) struct Golden {
    pub(super) name: String,
    pub(super) direction: Direction,
    pub(super) text: String,
    pub(super) frame: Value,
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Direction {
    Client,
    Server,
}

pub(super) fn golden(direction: Direction) -> Vec<Golden> {
    let text = include_str!("../../../tests/golden/frames.json");
    let mut frames: Vec<Golden> = serde_json::from_str(text).expect("golden frames");
    frames.retain(|golden| golden.direction == direction);
    assert!(!frames.is_empty());
    frames
}

#[test]
fn every_frame_of_a_client_is_read_as_what_it_says() {
    for Golden { name, text, frame, .. } in golden(Direction::Client) {
        let read = Incoming::read(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let number = |field: &str| frame.get(field).and_then(Value::as_i64);
        let is_true = |field: &str| frame.get(field) == Some(&json!(true));
        assert_eq!(read.n.map(|n| n as i64), number("n"), "{name}");
        assert_eq!(read.ack.map(|ack| ack as i64), number("ack"), "{name}");
        assert_eq!(read.stream_id, number("streamId"), "{name}");
        assert_eq!(read.credit.map(i64::from), number("credit"), "{name}");
        assert_eq!(read.deadline_ms.map(|ms| ms as i64), number("deadlineMs"), "{name}");
        assert_eq!(read.action.as_deref(), frame.get("action").and_then(Value::as_str), "{name}");
        assert_eq!((read.cancel, read.beat), (is_true("cancel"), is_true("beat")), "{name}");
        assert_eq!(read.error.as_deref(), frame.get("error").and_then(Value::as_str), "{name}");
        assert_eq!(read.code.map(i64::from), number("code"), "{name}");
        assert_eq!(read.close, is_true("close"), "{name}");
        assert_eq!(read.traceparent, frame.get("traceparent").and_then(Value::as_str), "{name}");
        let data: Option<Value> = read.data.map(|data| serde_json::from_str(data).expect("JSON"));
        let said = frame.get("data").filter(|data| !data.is_null());
        assert_eq!(data.as_ref(), said, "{name}");
    }
}

#[test]
fn every_hello_is_read_as_what_it_says() {
    let is_hello = |golden: &Golden| golden.name.starts_with("hello");
    for Golden { name, text, frame, .. } in golden(Direction::Client).into_iter().filter(is_hello) {
        let hello = Hello::read(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let data = &frame["data"];
        assert_eq!(data["session"], json!(hello.session), "{name}");
        assert_eq!(data["key"], json!(hello.key), "{name}");
        assert_eq!(data["page"], json!(hello.page), "{name}");
        assert_eq!(data["attempt"], json!(hello.attempt), "{name}");
        assert_eq!(data["contract"], json!(hello.contract), "{name}");
        assert_eq!(data.get("name"), hello.name.map(|name| json!(name)).as_ref(), "{name}");
        assert_eq!(data["ring"], json!(hello.ring), "{name}");
    }
}

#[test]
fn every_frame_of_a_server_is_written_byte_for_byte() {
    for Golden { name, text, frame, .. } in golden(Direction::Server) {
        if !NOT_SENT.contains(&name.as_str()) {
            assert_eq!(written(&name, &frame, data_of(&text)), text, "{name}");
        }
    }
}

/// The data of a frame as it stands there; a [`Value`] sorts its keys.
fn data_of(text: &str) -> Option<&RawValue> {
    #[derive(Deserialize)]
    struct WithData<'a> {
        #[serde(borrow)]
        data: Option<&'a RawValue>,
    }
    let WithData { data } = serde_json::from_str(text).expect("a frame");
    data
}

/// Writes the frame of this name from what it says.
fn written(name: &str, said: &Value, raw: Option<&RawValue>) -> String {
    let id = said["streamId"].as_i64().unwrap_or_default();
    let text = |field: &str| said[field].as_str();
    let retry_after = said["retryAfterMs"].as_u64().map(Duration::from_millis);
    let data = &said["data"];
    let whole = match name {
        "welcome" | "welcome with a reason and another contract" => welcome(data),
        "welcome that refuses" | "welcome that refuses for now" => hello::refusal(&error(said)),
        "beat" => frame::beat(said["ack"].as_u64().expect("an ack"), Asks::Nothing),
        "beat that asks for an answer" => {
            frame::beat(said["ack"].as_u64().expect("an ack"), Asks::Answer)
        }
        "goodbye" => {
            let after = data["retryAfterMs"].as_u64().map(Duration::from_millis);
            let last_call = data["lastCall"].as_i64().expect("a call");
            let reason = data["reason"].as_str().expect("a reason");
            frame::goodbye(reason, after.unwrap_or_default(), last_call)
        }
        "error that belongs to no stream" => frame::loose_error(&error(said)),
        _ => {
            assert!(retry_after.is_none() || name == "failure for now");
            let body = match name {
                "output" | "output of null" => frame::output(id, &raw, usize::MAX),
                "result" | "result of nothing" | "text beyond ASCII and escapes" => {
                    frame::result(id, &raw, usize::MAX)
                }
                "end of a stream" => Ok(frame::end(id)),
                "failure by the action's own error" => {
                    frame::action_failed(id, &raw, text("error").unwrap_or_default(), usize::MAX)
                }
                "failure" | "failure for now" => Ok(frame::failure(id, &error(said))),
                "credit for an input stream" => {
                    let items = said["credit"].as_u64().unwrap_or_default();
                    Ok(frame::credit(id, u32::try_from(items).expect("a window")))
                }
                "request to the client" => {
                    let question =
                        Question::new(text("action").unwrap_or_default(), &raw, usize::MAX);
                    question.map(|question| question.body(id))
                }
                "request that is taken back" => Ok(ask::withdrawal(id)),
                "event" | "event of a process" => {
                    let name = text("action").unwrap_or_default();
                    frame::event(text("streamId"), name, &raw, usize::MAX)
                }
                "end of a process" | "end of a process that failed" => {
                    Ok(frame::process_ended(text("streamId").unwrap_or_default(), text("error")))
                }
                _ => panic!("nothing here writes the frame `{name}`"),
            };
            numbered(said, body.expect("sendable").json())
        }
    };
    String::from_utf8(whole).expect("UTF-8")
}

fn numbered(said: &Value, body: &Bytes) -> Vec<u8> {
    let number = |field: &str| said[field].as_u64().expect("a number");
    let mut prefix = Prefix::new();
    prefix.say(number("n"), said["ack"].as_u64());
    [prefix.as_bytes(), body].concat()
}

fn error(said: &Value) -> Error {
    let number = said["code"].as_u64();
    let is_it = |code: &Code| code.number().map(u64::from) == number;
    let code = Code::ALL.into_iter().find(is_it).expect("a code of the closed set");
    let error = Error::new(code, said["error"].as_str().expect("a text"));
    match said["retryAfterMs"].as_u64() {
        Some(ms) => error.retry_after(Duration::from_millis(ms)),
        None => error,
    }
}

fn welcome(data: &Value) -> Vec<u8> {
    let text = |field: &str| data[field].as_str();
    let number = |field: &str| data[field].as_u64().expect("a number");
    let names: BTreeMap<&'static str, String> =
        [("chat.say", "1a2b3c4d"), ("chat.said", "5e6f7a8b")]
            .map(|(name, hash)| (name, hash.to_owned()))
            .into();
    let own = Welcome {
        client_id: text("clientId").expect("a text"),
        session: text("session").expect("a text"),
        key: text("key").expect("a text"),
        epoch: text("epoch").expect("a text"),
        resumed: data["resumed"] == json!(true),
        reason: text("reason"),
        received: number("received"),
    };
    let end = WelcomeEnd::new(&Told {
        grace_ms: number("graceMs"),
        beat_ms: number("beatMs"),
        limits: ToldLimits::new(&WireLimits::default(), 1024, 256),
        contract: match text("contract") {
            Some(hash) => ToldContract::Same(hash),
            None => ToldContract::Table { hash: "0011223344556677", names: &names },
        },
    });
    hello::welcome(&own, &end)
}
