//! Whatever comes in that makes no sense is answered with the right code, and the next call works.

use igor::{Registry, Scope, Server};
use igor_tests::{Bench, Identity, Page, Received, Running, config, failure, result};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

#[igor::data]
struct Room {
    #[allow(dead_code)]
    name: String,
}

#[igor::action("bad_input.echo")]
fn echo(text: String) -> String {
    text
}

#[igor::action("bad_input.count")]
fn count(rooms: Vec<Room>) -> u32 {
    rooms.len() as u32
}

#[igor::action("bad_input.rename")]
fn rename(rooms: Vec<Room>, name: String) -> String {
    format!("{} are {name}", rooms.len())
}

#[igor::action("bad_input.any")]
fn any(value: serde_json::Value) -> bool {
    value.is_array()
}

#[igor::action("bad_input.nothing")]
fn nothing() {}

/// Waits until a permit is given.
#[igor::action("bad_input.hold")]
async fn hold(bench: Scope<Bench>) {
    bench.permit().await;
}

fn registry() -> Registry {
    Registry::new()
        .action::<echo>()
        .action::<count>()
        .action::<rename>()
        .action::<any>()
        .action::<nothing>()
}

async fn page() -> (Running, Page) {
    let server = Running::serve(registry()).await;
    let page = Page::open(&server).await;
    (server, page)
}

async fn assert_next_call_works(page: &mut Page) {
    assert_eq!(page.ask("bad_input.echo", json!("still here")).await, result("still here"));
}

fn loose(text: &str) -> Value {
    json!({ "error": text, "code": 400 })
}

#[tokio::test]
async fn what_is_not_json_is_refused() {
    let (_server, mut page) = page().await;
    for text in ["hello", "", "{", r#"{"n":1,"streamId":1,"action":"bad_input.echo""#, "{'n':1}"] {
        page.socket.send(text).await;
        let error = page.loose_error().await;
        assert_eq!(error["code"], 400, "{text}");
        assert!(
            error["error"].as_str().is_some_and(|text| text.starts_with("not JSON: ")),
            "{error}"
        );
    }
    assert_next_call_works(&mut page).await;
}

#[tokio::test]
async fn what_is_not_an_object_is_refused() {
    let (_server, mut page) = page().await;
    for text in ["5", "null", r#""text""#, "[]", "[7]", "[1,2,3]"] {
        page.socket.send(text).await;
        assert_eq!(page.loose_error().await, loose("a frame is a JSON object"), "{text}");
    }
    assert_next_call_works(&mut page).await;
}

#[tokio::test]
async fn a_field_of_the_wrong_kind_is_refused_and_named() {
    let (_server, mut page) = page().await;
    for (frame, expected) in [
        (json!({ "streamId": "7" }), r#"`streamId`: invalid type: string "7", expected i64"#),
        (
            json!({ "streamId": 1.5 }),
            "`streamId`: invalid type: floating point `1.5`, expected i64",
        ),
        (json!({ "streamId": 1, "action": {} }), "`action`: invalid type: map, expected a string"),
        (
            json!({ "streamId": 1, "credit": -1 }),
            "`credit`: invalid value: integer `-1`, expected u32",
        ),
        (
            json!({ "streamId": 1, "deadlineMs": [] }),
            "`deadlineMs`: invalid type: sequence, expected u64",
        ),
        (
            json!({ "streamId": 1, "cancel": "yes" }),
            r#"`cancel`: invalid type: string "yes", expected a boolean"#,
        ),
    ] {
        // It is numbered, and counts: the frame behind it is no gap.
        page.send(frame).await;
        assert_eq!(page.loose_error().await, loose(expected));
    }
    page.socket.send(r#"{"n":"7"}"#).await;
    assert_eq!(page.loose_error().await, loose(r#"`n`: invalid type: string "7", expected u64"#));
    assert_next_call_works(&mut page).await;
}

#[tokio::test]
async fn a_frame_without_its_number_is_refused() {
    let (_server, mut page) = page().await;
    page.socket.send(r#"{"streamId":1,"action":"bad_input.echo","data":"x"}"#).await;
    assert_eq!(page.loose_error().await, loose("the frame has no number `n`"));
    page.socket.send(r#"{"streamId":1,"cancel":true}"#).await;
    assert_eq!(page.loose_error().await, loose("the frame has no number `n`"));
    assert_next_call_works(&mut page).await;
}

#[tokio::test]
async fn a_frame_of_no_call_is_refused() {
    let (_server, mut page) = page().await;
    page.send(json!({ "action": "bad_input.echo", "data": "x" })).await;
    assert_eq!(page.loose_error().await, loose("the frame has no `streamId`"));
    for frame in
        [json!({ "credit": 1 }), json!({ "cancel": true }), json!({ "data": 1 }), json!({})]
    {
        for id in [-3, 0, 99] {
            let mut frame = frame.clone();
            frame["streamId"] = json!(id);
            page.send(frame).await;
            let what = if id < 0 { "request" } else { "call" };
            let expected = loose(&format!("there was no {what} with `streamId` {id}"));
            assert_eq!(page.loose_error().await, expected);
        }
    }
    assert_next_call_works(&mut page).await;
}

#[tokio::test]
async fn a_late_frame_of_a_call_that_has_ended_is_ignored() {
    let (_server, mut page) = page().await;
    let id = page.call("bad_input.echo", json!("x")).await;
    page.last(id).await;
    for late in [
        json!({ "credit": 1 }),
        json!({ "cancel": true }),
        json!({ "data": 1 }),
        json!({ "close": true }),
    ] {
        let mut late = late;
        late["streamId"] = json!(id);
        page.send(late).await;
    }
    assert!(page.has_none(|frame| frame["streamId"] == id || frame.get("error").is_some()).await);
    assert_next_call_works(&mut page).await;
}

#[tokio::test]
async fn an_action_that_is_not_there_is_said_to_be_unknown() {
    let (_server, mut page) = page().await;
    assert_eq!(page.ask("bad_input.no", json!(1)).await, failure(404, "no action `bad_input.no`"));
    assert_eq!(page.ask("", json!(null)).await, failure(404, "no action ``"));
    assert_next_call_works(&mut page).await;
}

#[tokio::test]
async fn a_name_as_long_as_a_message_may_be_is_refused_like_any_other() {
    let (_server, mut page) = page().await;
    let last = page.ask(&"x".repeat((1 << 20) - 70), json!(null)).await;
    assert_eq!(last["code"], 404);
    assert_eq!(last["close"], true);
    assert_next_call_works(&mut page).await;
}

#[tokio::test]
async fn data_that_does_not_fit_is_refused_with_its_path() {
    let (_server, mut page) = page().await;
    let rooms = json!([{ "name": "a" }, { "name": "b" }, { "name": 5 }]);
    let expected = failure(422, "`rooms[2].name`: invalid type: integer `5`, expected a string");
    assert_eq!(page.ask("bad_input.count", rooms.clone()).await, expected);
    let both = json!({ "name": "x", "rooms": rooms });
    assert_eq!(page.ask("bad_input.rename", both).await, expected);

    let missing = failure(422, "`rooms[0]`: missing field `name`");
    assert_eq!(page.ask("bad_input.count", json!([{}])).await, missing);
    let expected = failure(422, "`rooms`: invalid type: map, expected a sequence");
    assert_eq!(page.ask("bad_input.count", json!({ "rooms": [] })).await, expected);
    let expected = failure(422, "`text`: invalid type: integer `5`, expected a string");
    assert_eq!(page.ask("bad_input.echo", json!(5)).await, expected);
    assert_next_call_works(&mut page).await;
}

#[tokio::test]
async fn arguments_that_are_missing_or_too_many_are_refused() {
    let (_server, mut page) = page().await;
    assert_eq!(page.ask("bad_input.echo", json!(null)).await, failure(422, "`text` is missing"));
    let one = json!({ "rooms": [] });
    assert_eq!(page.ask("bad_input.rename", one).await, failure(422, "`name` is missing"));
    let expected = failure(422, "`rooms` is missing");
    assert_eq!(page.ask("bad_input.rename", json!(null)).await, expected);
    let expected = failure(422, "`data`: invalid type: sequence, expected a map");
    assert_eq!(page.ask("bad_input.rename", json!([[], "x"])).await, expected);
    let expected = failure(422, "`bad_input.nothing` takes no data");
    assert_eq!(page.ask("bad_input.nothing", json!({})).await, expected);
    assert_next_call_works(&mut page).await;
}

#[tokio::test]
async fn data_that_is_nested_too_deep_is_refused() {
    let (_server, mut page) = page().await;
    let nested = |levels: usize| {
        let text = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        format!(r#"{{"n":{},"streamId":{},"action":"bad_input.any","data":{text}}}"#, 1, 1)
    };
    page.socket.send(nested(127)).await;
    assert_eq!(page.last(1).await, result(true));

    let (_server, mut page) = self::page().await;
    page.socket.send(nested(100_000)).await;
    assert_eq!(page.last(1).await, failure(422, "`value`: nested deeper than 127 levels"));
    page.socket.send(r#"{"n":2,"streamId":2,"action":"bad_input.echo","data":"x"}"#).await;
    assert_eq!(page.last(2).await, result("x"));
}

#[tokio::test]
async fn a_message_that_is_too_large_ends_the_socket_and_the_session() {
    let mut config = config();
    config.wire.message_bytes = 10_000;
    let server = Running::start(Server::new(config).registry(registry())).await;
    let mut identity = Identity::new();
    let mut page = Page::load(&server, &mut identity).await;
    assert_eq!(page.welcome["limits"]["messageBytes"], 10_000);
    let fits = "x".repeat(9_000);
    assert_eq!(page.ask("bad_input.echo", json!(fits)).await, result(fits));
    page.socket.try_send(json!({ "n": 2, "data": "x".repeat(10_000) })).await;
    assert_eq!(page.socket.closed().await, 4413);

    let mut page = Page::load(&server, &mut identity).await;
    assert_eq!(page.welcome["reason"], "a new session");
    assert_next_call_works(&mut page).await;
}

#[tokio::test]
async fn an_old_stream_id_is_refused() {
    let (_server, mut page) = page().await;
    let id = page.call("bad_input.echo", json!("x")).await;
    page.last(id).await;
    for old in [id, 0, -1, i64::MIN] {
        let again = json!({ "streamId": old, "action": "bad_input.echo", "data": "again" });
        page.send(again).await;
        let expected = loose(&format!("`streamId` {old} is not above all before it"));
        assert_eq!(page.loose_error().await, expected);
    }
    assert_next_call_works(&mut page).await;
}

#[tokio::test]
async fn a_thousand_calls_at_once_are_all_answered() {
    let (_server, mut page) = page().await;
    let mut ids = Vec::new();
    for count in 0..1000 {
        ids.push(page.call("bad_input.echo", json!(count.to_string())).await);
    }
    for (count, id) in ids.into_iter().enumerate() {
        assert_eq!(page.last(id).await, result(count.to_string()));
    }
}

#[tokio::test]
async fn more_calls_than_may_wait_are_refused_until_one_has_ended() {
    let (bench, _) = Bench::new();
    let server = Server::new(config()).registry(registry().action::<hold>());
    let server = Running::start(server.scope(bench.clone())).await;
    let mut page = Page::open(&server).await;
    let mut waiting = Vec::new();
    for _ in 0..1024 {
        waiting.push(page.call("bad_input.hold", json!(null)).await);
    }
    let mut refused = failure(429, "1024 calls are open already");
    refused["retryAfterMs"] = json!(100);
    assert_eq!(page.ask("bad_input.hold", json!(null)).await, refused);
    assert_eq!(page.ask("bad_input.echo", json!("x")).await, refused);

    // Another client is not touched by that.
    assert_next_call_works(&mut Page::open(&server).await).await;

    bench.allow(1);
    let first = page.find(|frame| frame["close"] == true).await;
    assert_eq!(first["data"], json!(null));
    assert_next_call_works(&mut page).await;
    bench.allow(1023);
    for id in waiting.into_iter().filter(|id| first["streamId"] != *id) {
        assert_eq!(page.last(id).await, result(()));
    }
}

#[tokio::test]
async fn a_number_that_is_missing_closes_the_socket() {
    let server = Running::serve(registry()).await;
    let mut identity = Identity::new();
    let mut page = Page::load(&server, &mut identity).await;
    page.socket.send(r#"{"n":2,"streamId":1,"action":"bad_input.echo","data":"x"}"#).await;
    assert_eq!(page.socket.closed().await, 4440);

    let mut page = Page::load(&server, &mut identity).await;
    assert_eq!(page.welcome["reason"], "a new page", "the session lives on");
    assert_next_call_works(&mut page).await;
}

#[tokio::test]
async fn an_ack_of_what_was_never_sent_ends_the_session() {
    let server = Running::serve(registry()).await;
    let mut identity = Identity::new();
    let mut page = Page::load(&server, &mut identity).await;
    assert_next_call_works(&mut page).await;
    page.socket.send(r#"{"ack":2}"#).await;
    assert_eq!(page.loose_error().await, loose("`ack` 2 was never sent"));
    assert_eq!(page.socket.closed().await, 4400);

    let page = Page::load(&server, &mut identity).await;
    assert_eq!(page.welcome["reason"], "a new session");
}

#[tokio::test]
async fn a_binary_message_that_is_no_frame_is_refused() {
    let (_server, mut page) = page().await;
    page.socket.send_message(Message::binary(vec![1, 2, 3])).await;
    let expected = loose("a binary frame is shorter than its JSON");
    assert_eq!(page.loose_error().await, expected);
    assert_next_call_works(&mut page).await;
}

#[tokio::test]
async fn text_that_is_not_utf_8_ends_the_session() {
    let (_server, mut page) = page().await;
    let frame = Frame::message(vec![b'"', 0xff, b'"'], OpCode::Data(Data::Text), true);
    page.socket.send_message(Message::Frame(frame)).await;
    assert_eq!(page.socket.closed().await, 4400);
}

#[tokio::test]
async fn a_ping_is_answered() {
    let (_server, mut page) = page().await;
    page.socket.send_message(Message::Ping("here?".into())).await;
    let Received::Pong(content) = page.socket.next().await else { panic!("no pong") };
    assert_eq!(content, b"here?");
    assert_next_call_works(&mut page).await;
}
