//! The golden frames in the classic dialect, and what has no form in it.

use serde::Deserialize;

use super::streams::UNSENDABLE;
use super::*;
use crate::wire::golden::{Direction, golden};

#[derive(Deserialize)]
struct Classic {
    /// The ids that a client gave to the streams 1, 2 and so on.
    streams: Vec<String>,
    calls: Vec<GoldenCall>,
    frames: Vec<GoldenFrame>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GoldenCall {
    name: String,
    text: String,
    stream_id: String,
    action: String,
    data: Option<String>,
}

/// What the golden frame of this name is to a classic client.
#[derive(Deserialize)]
struct GoldenFrame {
    of: String,
    classic: Vec<String>,
}

fn classic() -> Classic {
    let text = include_str!("../../../../tests/golden/classic/frames.json");
    serde_json::from_str(text).expect("golden frames")
}

fn streams() -> Streams {
    let mut streams = Streams::default();
    for id in classic().streams {
        streams.open(&id, Kind::Call);
    }
    streams
}

fn refusal(text: &str) -> String {
    let error = Call::read(text).expect_err("refused");
    assert_eq!(error.code(), Code::BadFrame);
    error.message().to_owned()
}

#[test]
fn every_call_is_read_as_what_it_says() {
    for GoldenCall { name, text, stream_id, action, data } in classic().calls {
        let call = Call::read(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let read = (call.stream_id, &*call.action, call.data);
        assert_eq!(read, (&*stream_id, &*action, data.as_deref()), "{name}");
    }
}

#[test]
fn every_frame_of_a_server_is_translated_to_what_the_ancestor_says() {
    let expected = classic().frames;
    let sent = golden(Direction::Server);
    assert_eq!(expected.len(), sent.len(), "each has one form");
    for GoldenFrame { of, classic } in expected {
        let frame = sent.iter().find(|frame| frame.name == of);
        let frame = frame.unwrap_or_else(|| panic!("no frame is the `{of}`"));
        let translated = streams().translate(&frame.text, false);
        assert_eq!(translated.frames, classic, "{of}");
        assert_eq!(translated.n, frame.frame["n"].as_u64(), "{of}");
        let is_request = of == "request to the client";
        assert_eq!(translated.left, is_request.then_some(Left::Answer(-3)), "{of}");
    }
}

#[test]
fn what_is_no_call_is_told_what_is_wrong_with_it() {
    assert_eq!(refusal("hello"), "not JSON: expected value at line 1 column 1");
    assert_eq!(refusal("[1,2,3]"), "a frame is a JSON object");
    assert_eq!(refusal("{}"), "the message has no `streamId`");
    assert_eq!(refusal(r#"{"streamId":1}"#), "the message has no `action`");
    assert_eq!(refusal(r#"{"streamId":1,"action":null}"#), "the message has no `action`");
    let text = refusal(r#"{"streamId":1,"action":7}"#);
    assert_eq!(text, "`action`: invalid type: integer `7`, expected a string");
    let long = format!(r#"{{"streamId":"{}","action":"a"}}"#, "x".repeat(127));
    assert_eq!(refusal(&long), "a `streamId` has at most 128 bytes as JSON");
}

#[test]
fn a_stream_has_one_end_and_nothing_comes_behind_it() {
    let mut streams = streams();
    let result = r#"{"n":1,"streamId":1,"data":5,"close":true}"#;
    assert_eq!(streams.translate(result, false).frames.len(), 2);
    assert_eq!(streams.translate(result, false).frames, [""; 0]);
}

#[test]
fn an_id_may_be_that_of_several_streams() {
    let mut streams = Streams::default();
    for id in [1, 2] {
        assert_eq!(streams.open("\"same\"", Kind::Call), id);
    }
    for id in [2, 1] {
        let end = format!(r#"{{"streamId":{id},"close":true}}"#);
        assert_eq!(streams.translate(&end, false).frames, [r#"{"streamId":"same","close":true}"#]);
    }
}

#[test]
fn a_value_that_is_more_than_json_ends_its_call() {
    let mut all = streams();
    let error = format!(r#"{{"streamId":"hello","error":"{UNSENDABLE}"}}"#);
    let told = [error.as_str(), r#"{"streamId":"hello","close":true}"#];
    let output = all.translate(r#"{"n":1,"streamId":1,"data":{"$bin":0},"bin":[3]}"#, true);
    assert_eq!((output.frames, output.left), (told.map(str::to_owned).into(), Some(Left::Stop(1))));
    let cancelled = r#"{"n":2,"streamId":1,"error":"…","code":452,"close":true}"#;
    assert_eq!(all.translate(cancelled, false).frames, [""; 0]);
    let last = r#"{"n":1,"streamId":1,"data":{"$big":"1"},"close":true}"#;
    let result = streams().translate(last, true);
    assert_eq!((result.frames, result.left), (told.map(str::to_owned).into(), None));
}

#[test]
fn an_event_that_is_more_than_json_is_told_to_be_left_out() {
    let why = format!(r#""error":"the event \"drawn\" is left out: {UNSENDABLE}""#);
    let said = |process: &str| {
        let frame = format!(r#"{{"n":1,{process}"action":"drawn","data":{{"$bin":0}},"bin":[1]}}"#);
        streams().translate(&frame, true).frames
    };
    assert_eq!(said(r#""streamId":"pen","#), [format!(r#"{{"streamId":"pen",{why}}}"#)]);
    assert_eq!(said(""), [format!(r#"{{{why},"code":503}}"#)]);
}

#[test]
fn the_error_of_an_introduction_has_its_number() {
    let mut streams = Streams::default();
    let id = streams.open("1", Kind::Introduction);
    let refused = format!(r#"{{"n":1,"streamId":{id},"error":"no","code":403,"close":true}}"#);
    let told = [r#"{"streamId":1,"error":"no","code":403}"#, r#"{"streamId":1,"close":true}"#];
    assert_eq!(streams.translate(&refused, false).frames, told);
}

#[test]
fn the_error_of_what_cannot_be_served_is_on_no_stream() {
    let mut streams = Streams::default();
    let id = streams.open("1", Kind::Unserved);
    let refused = format!(r#"{{"n":1,"streamId":{id},"error":"no","code":404,"close":true}}"#);
    assert_eq!(streams.translate(&refused, false).frames, [r#"{"error":"no","code":400}"#]);
    assert_eq!(streams.translate(&refused, false).frames, [""; 0]);
}
