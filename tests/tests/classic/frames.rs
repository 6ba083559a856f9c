//! Messages one by one: what ids a client may choose, and what is none of its words.

use igor_tests::{Received, Socket, TOKEN, config};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::{Classic, registry, serving, serving_by};

#[tokio::test]
async fn a_stream_id_comes_back_as_it_was_sent_whatever_its_kind() {
    let test = serving().await;
    let mut client = Classic::open(&test.server).await;
    for id in [
        r#""a \u00e9 \"text\"""#,
        "\"\"",
        "7",
        "-0",
        "1.50",
        "1e400",
        "123456789012345678901234567890",
        "null",
        "true",
        r#"{"call": [1, {"b":null}]}"#,
        "[ ]",
    ] {
        client.0.send(format!(r#"{{"streamId":{id},"action":"visits"}}"#)).await;
        assert_eq!(client.0.text().await, format!(r#"{{"streamId":{id},"data":0}}"#));
        assert_eq!(client.0.text().await, format!(r#"{{"streamId":{id},"close":true}}"#));
    }
}

#[tokio::test]
async fn calls_on_one_id_at_once_are_several_calls() {
    let mut test = serving().await;
    let mut client = Classic::open(&test.server).await;
    for _ in 0..2 {
        client.send(json!({ "streamId": "same", "action": "hold" })).await;
        assert_eq!(test.heard.next().await, "running");
    }
    for _ in 0..2 {
        test.bench.allow(1);
        let frames = client.all(&json!("same")).await;
        assert_eq!(frames.len(), 2, "{frames:?}");
    }
}

#[tokio::test]
async fn an_action_without_parameters_does_not_look_at_its_data() {
    let test = serving().await;
    let mut client = Classic::open(&test.server).await;
    for data in [json!({}), json!(null), json!([1]), json!("x")] {
        assert_eq!(client.ask("visits", data).await, 0);
    }
}

#[tokio::test]
async fn data_that_does_not_fit_is_told_on_its_stream() {
    let test = serving().await;
    let mut client = Classic::open(&test.server).await;
    let error = client.refusal("hello", json!({ "name": 5 })).await;
    assert_eq!(error, "`data.name`: invalid type: integer `5`, expected a string");
    assert_eq!(client.refusal("say", json!({ "room": "lobby" })).await, "`text` is missing");
}

#[tokio::test]
async fn words_of_igor_1_are_none_of_classic() {
    let test = serving().await;
    let mut client = Classic::open(&test.server).await;
    for (message, error) in [
        (json!({ "ack": 0 }), "the message has no `streamId`"),
        (json!({ "action": "igor.hello", "data": {} }), "the message has no `streamId`"),
        (json!({ "streamId": 1, "cancel": true }), "the message has no `action`"),
        (json!({ "streamId": 1, "close": true }), "the message has no `action`"),
        (json!({ "streamId": 1, "action": "igor.hello" }), "no action `igor.hello`"),
    ] {
        client.send(message).await;
        assert_eq!(client.next().await, json!({ "error": error, "code": 400 }));
    }
    client.0.send_message(Message::binary(&b"\0\0\0\0"[..])).await;
    let error = "the classic dialect has text messages only";
    assert_eq!(client.next().await, json!({ "error": error, "code": 400 }));
    // A member that means something elsewhere changes nothing.
    let call = json!({ "n": 9, "credit": 0, "deadlineMs": 0, "streamId": 1, "action": "visits" });
    client.send(call).await;
    assert_eq!(client.next().await, json!({ "streamId": 1, "data": 0 }));
}

#[tokio::test]
async fn classic_passes_the_same_gate() {
    let test = serving_by(config(), registry()).await;
    let open = |token, origin| Socket::open_classic(&test.server, token, origin);
    let own = format!("http://{}", test.server.handle().address());
    for origin in [None, Some(&*own)] {
        let opened = open(Some(TOKEN), origin).await.expect("it passes");
        assert_eq!(Classic(opened).ask("visits", Value::Null).await, 0, "{origin:?}");
        let mut opened = open(None, origin).await.expect("101, and then a close");
        assert!(matches!(opened.next().await, Received::Closed(4401)), "{origin:?}");
    }
    let refused = |token, origin| async move { open(token, origin).await.expect_err("refused").0 };
    assert_eq!(refused(Some("a-wrong-token-for-tests"), None).await, 401);
    assert_eq!(refused(Some(TOKEN), Some("http://evil.example")).await, 403);
    assert_eq!(refused(Some(TOKEN), Some("null")).await, 403);
}

#[tokio::test]
async fn a_server_may_speak_no_classic() {
    let test =
        serving_by(igor::Config { classic: igor::Classic::Off, ..config() }, registry()).await;
    let refused = Socket::open_classic(&test.server, Some(TOKEN), None).await;
    assert_eq!(refused.expect_err("refused").0, 400);
}
