//! What a client of the ancestor does all day, by a client that has nothing to do with igor.

use std::time::Duration;

use igor::{Classic, Config, ProcessContext, Scope, SessionLimits};
use igor_tests::{Bench, Page, TOKEN, config};
use serde_json::json;

use crate::python::{Python, introduction};
use crate::{Clock, registry, serving, serving_by, without_token};

#[tokio::test]
async fn a_call_is_answered_on_its_stream_and_closed_in_a_frame_of_its_own() {
    let test = serving().await;
    let mut client = Python::open(&test.server).await;
    client.send(&json!({ "streamId": "s", "action": "hello", "data": { "name": "Ann" } })).await;
    let expected = [
        json!({ "streamId": "s", "data": "Hello Ann" }),
        json!({ "streamId": "s", "close": true }),
    ];
    assert_eq!(client.all().await, expected);
    client.close().await;
}

#[tokio::test]
async fn a_call_may_have_several_outputs() {
    let test = serving().await;
    let mut client = Python::open(&test.server).await;
    client.send(&json!({ "streamId": 7, "action": "count", "data": 3 })).await;
    let [one, two, three, close] = client.all().await;
    let numbers = [&one["data"], &two["data"], &three["data"]];
    assert_eq!(numbers, [&json!(1), &json!(2), &json!(3)]);
    assert_eq!(close, json!({ "streamId": 7, "close": true }), "it returns nothing");
}

#[tokio::test]
async fn an_error_stands_on_the_stream_before_its_close() {
    let test = serving().await;
    let mut client = Python::open(&test.server).await;
    client.send(&json!({ "streamId": 1, "action": "fail", "data": "key" })).await;
    let expected = [
        json!({ "streamId": 1, "data": 1 }),
        json!({ "streamId": 1, "error": "there is no `key`" }),
        json!({ "streamId": 1, "close": true }),
    ];
    assert_eq!(client.all().await, expected);
}

#[tokio::test]
async fn a_process_speaks_to_all_and_to_one() {
    let test = serving_by(without_token(), registry().process::<Clock>()).await;
    let mut anna = Python::named(&test.server, "anna").await;
    let mut other = Python::open(&test.server).await;
    test.bench.allow(1);
    let ticked = json!({ "streamId": "clock", "action": "ticked", "data": { "count": 1 } });
    let whispered = json!({ "streamId": "clock", "action": "whispered", "data": null });
    assert_eq!(anna.all().await, [whispered, ticked.clone()]);
    assert_eq!(other.received().await, ticked);
}

/// Works for as long as the test wants, and then does well or not.
#[igor::process("worker", restart = "never")]
#[derive(Default)]
struct Worker;

impl igor::Process for Worker {
    async fn run(&mut self, cx: &ProcessContext) -> igor::Result<()> {
        let bench: Scope<Bench> = cx.scope()?;
        bench.permit().await;
        if bench.counted() > 0 { Err(igor::Error::internal("a-secret")) } else { Ok(()) }
    }
}

#[tokio::test]
async fn the_end_of_a_process_is_told_as_that_of_a_call() {
    for does_well in [true, false] {
        let test = serving_by(without_token(), registry().process::<Worker>()).await;
        let mut client = Python::named(&test.server, "anna").await;
        if !does_well {
            test.bench.count();
        }
        test.bench.allow(1);
        if !does_well {
            let error = client.received().await;
            let id = error["error"].as_str().unwrap_or_default();
            assert!(id.len() == 16 && id.chars().all(|c| c.is_ascii_hexdigit()), "{error}");
            assert_eq!(error, json!({ "streamId": "worker", "error": id }));
        }
        assert_eq!(client.received().await, json!({ "streamId": "worker", "close": true }));
    }
}

#[tokio::test]
async fn a_free_name_is_had_and_one_that_is_taken_is_not() {
    let test = serving().await;
    let mut anna = Python::named(&test.server, "anna").await;
    let mut other = Python::open(&test.server).await;
    other.send(&introduction("anna")).await;
    let text = "the name `anna` belongs to another client";
    let expected = [
        json!({ "streamId": "me", "error": text, "code": 403 }),
        json!({ "streamId": "me", "close": true }),
    ];
    assert_eq!(other.all().await, expected);
    anna.send(&json!({ "streamId": 1, "action": "who" })).await;
    assert_eq!(anna.received().await["data"], "anna");
}

#[tokio::test]
async fn what_cannot_be_served_is_answered_by_400_and_no_stream() {
    let test = serving().await;
    let mut client = Python::open(&test.server).await;
    for (message, error) in [
        ("hello?", "not JSON: expected value at line 1 column 1"),
        ("{\"action\":\"hello\"}", "the message has no `streamId`"),
        ("{\"streamId\":1,\"data\":1}", "the message has no `action`"),
        ("{\"streamId\":1,\"action\":\"unheard\"}", "no action `unheard`"),
    ] {
        client.send_text(message).await;
        assert_eq!(client.received().await, json!({ "error": error, "code": 400 }), "{message}");
    }
    client.send(&json!({ "streamId": 1, "action": "visits" })).await;
    assert_eq!(client.received().await["data"], 0, "it is served all the same");
}

#[tokio::test]
async fn a_client_that_goes_away_in_the_middle_leaves_nothing_behind() {
    let session = SessionLimits { grace: Duration::from_millis(1), ..Default::default() };
    let mut test = serving_by(Config { session, ..without_token() }, registry()).await;
    let mut client = Python::named(&test.server, "anna").await;
    client.send(&json!({ "streamId": 1, "action": "hold" })).await;
    assert_eq!(test.heard.next().await, "running");
    client.kill().await;
    assert_eq!(test.heard.next().await, "dropped", "its call ends with its session");
    let mut next = Python::named(&test.server, "anna").await;
    next.send(&json!({ "streamId": 1, "action": "visits" })).await;
    assert_eq!(next.received().await["data"], 0, "the name is free again");
}

#[tokio::test]
async fn a_trusted_name_brings_the_session_back() {
    let config = Config { classic: Classic::DangerouslyTrustingNames, ..without_token() };
    let test = serving_by(config, registry()).await;
    let mut client = Python::named(&test.server, "anna").await;
    let hello = json!({ "streamId": 1, "action": "hello", "data": { "name": "Ann" } });
    let enter = json!({ "streamId": 2, "action": "enter", "data": "lobby" });
    client.send(&hello).await;
    client.send(&enter).await;
    let _frames: [_; 3] = client.all().await;
    client.kill().await;
    let mut client = Python::named(&test.server, "anna").await;
    client.send(&json!({ "streamId": 3, "action": "visits" })).await;
    let [visits, _close] = client.all().await;
    assert_eq!(visits["data"], 1, "its values are there");
    let data = json!({ "room": "lobby", "text": "here" });
    client.send(&json!({ "streamId": 4, "action": "say", "data": data })).await;
    let heard = json!({ "action": "said", "data": { "text": "here" } });
    assert!(client.all::<2>().await.contains(&heard), "it is in its rooms");
}

#[tokio::test]
async fn classic_clients_hear_in_a_room_what_others_hear() {
    let test = serving_by(Config { token: config().token, ..config() }, registry()).await;
    let mut classic = Vec::new();
    for name in ["anna", "bert"] {
        let mut client = Python::start(&test.server, Some(TOKEN));
        assert_eq!(client.line().await, json!({ "subprotocol": null }));
        client.send(&introduction(name)).await;
        assert_eq!(client.received().await["close"], true);
        client.send(&json!({ "streamId": 1, "action": "enter", "data": "lobby" })).await;
        assert_eq!(client.received().await["close"], true);
        classic.push(client);
    }
    let mut page = Page::open(&test.server).await;
    page.ask("enter", json!("lobby")).await;
    page.call("say", json!({ "room": "lobby", "text": "to all" })).await;
    let heard = json!({ "action": "said", "data": { "text": "to all" } });
    assert_eq!(page.event("said").await, heard);
    for client in &mut classic {
        assert_eq!(client.received().await, heard);
    }
}

#[tokio::test]
async fn a_server_with_a_token_tells_who_shows_none_by_the_close() {
    let test = serving_by(config(), registry()).await;
    let mut client = Python::start(&test.server, None);
    assert_eq!(client.line().await, json!({ "subprotocol": null }));
    assert_eq!(client.line().await, json!({ "closed": 4401 }));
}
