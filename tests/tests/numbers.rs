//! Numbers and acknowledgements on the wire, and the beats of those who are silent.

use std::time::Duration;

use igor::{Client, Registry, Server};
use igor_tests::{Identity, Page, Received, Running, Socket, config, result};
use serde_json::json;

#[igor::event("numbers.counted")]
struct Counted {
    count: u32,
    text: String,
}

#[igor::action("numbers.echo")]
fn echo(text: String) -> String {
    text
}

/// Sends so many events of so many bytes.
#[igor::action("numbers.count")]
fn count(to: u32, bytes: u32, client: Client) {
    for count in 1..=to {
        client.send(&Counted { count, text: "x".repeat(bytes as usize) });
    }
}

fn registry() -> Registry {
    Registry::new().event::<Counted>().action::<echo>().action::<count>()
}

/// A socket whose client was welcomed.
async fn welcomed(server: &Running, identity: &mut Identity) -> Socket {
    let mut socket = Socket::open(server).await;
    socket.send(identity.hello()).await;
    assert_eq!(socket.frame().await["action"], "igor.welcome");
    socket
}

fn call(n: u64, action: &str, data: serde_json::Value) -> serde_json::Value {
    json!({ "n": n, "streamId": n, "action": action, "data": data })
}

/// Waits for numbered frames of these numbers and nothing else.
async fn assert_numbers(socket: &mut Socket, numbers: impl IntoIterator<Item = u64>) {
    for n in numbers {
        let frame = socket.frame().await;
        assert_eq!(frame["n"], n, "{frame}");
    }
}

#[tokio::test]
async fn numbers_begin_at_one_and_stand_first_with_what_was_received() {
    let server = Running::serve(registry()).await;
    let mut socket = welcomed(&server, &mut Identity::new()).await;
    for n in 1..=3 {
        socket.send(call(n, "numbers.echo", json!("x"))).await;
        let expected = format!(r#"{{"n":{n},"ack":{n},"streamId":{n},"data":"x","close":true}}"#);
        assert_eq!(socket.text().await, expected);
    }
}

#[tokio::test]
async fn the_fields_of_a_frame_may_come_in_any_order() {
    let server = Running::serve(registry()).await;
    let mut socket = welcomed(&server, &mut Identity::new()).await;
    for (n, text) in [
        (1, r#"{"data":"x","action":"numbers.echo","streamId":1,"ack":0,"n":1}"#),
        (
            2,
            r#" { "action" : "numbers.echo" , "unknown" : [1] , "n" : 2 , "streamId" : 2 , "data" : "x" } "#,
        ),
        (3, r#"{"n":3,"streamId":3,"\u0061ction":"numbers\u002eecho","data":"\u0078"}"#),
    ] {
        socket.send(text).await;
        let expected = format!(r#"{{"n":{n},"ack":{n},"streamId":{n},"data":"x","close":true}}"#);
        assert_eq!(socket.text().await, expected);
    }
}

#[tokio::test]
async fn a_frame_that_comes_again_is_not_delivered_again() {
    let server = Running::serve(registry()).await;
    let mut socket = welcomed(&server, &mut Identity::new()).await;
    for _ in 0..3 {
        socket.send(call(1, "numbers.echo", json!("once"))).await;
    }
    socket.send(call(2, "numbers.echo", json!("next"))).await;
    assert_eq!(socket.frame().await["data"], "once");
    assert_eq!(socket.frame().await["data"], "next");
}

#[tokio::test]
async fn a_client_that_is_told_nothing_else_is_told_what_was_received_after_32_frames() {
    let server = Running::serve(registry()).await;
    let mut socket = welcomed(&server, &mut Identity::new()).await;
    // Each of these is received, and answered by nothing that has a number.
    let silent = |n: u64| json!({ "n": n, "streamId": 1, "cancel": true });
    socket.send(call(1, "numbers.echo", json!("x"))).await;
    assert_eq!(socket.frame().await["ack"], 1);
    for n in 2..=33 {
        socket.send(silent(n)).await;
    }
    assert_eq!(socket.text().await, r#"{"ack":33}"#);
}

#[tokio::test]
async fn a_client_with_a_small_ring_is_told_after_a_quarter_of_it() {
    let server = Running::serve(registry()).await;
    let mut identity = Identity { ring: 4 * 300, ..Identity::new() };
    let mut socket = welcomed(&server, &mut identity).await;
    socket.send(call(1, "numbers.echo", json!("x"))).await;
    assert_eq!(socket.frame().await["ack"], 1);
    let padding = "x".repeat(300);
    socket.send(json!({ "n": 2, "streamId": 1, "cancel": true, "padding": padding })).await;
    assert_eq!(socket.text().await, r#"{"ack":2}"#);
}

#[tokio::test]
async fn what_has_no_place_in_the_ring_waits_for_an_acknowledgement() {
    let mut config = config();
    config.wire.ring_frames = 4;
    let server = Running::start(Server::new(config).registry(registry())).await;
    let mut socket = welcomed(&server, &mut Identity::new()).await;
    socket.send(call(1, "numbers.count", json!({ "to": 6, "bytes": 0 }))).await;
    assert_numbers(&mut socket, 1..=4).await;
    // An acknowledgement below an earlier one changes nothing.
    for ack in [2, 1, 0] {
        socket.send(json!({ "ack": ack })).await;
    }
    assert_numbers(&mut socket, 5..=6).await;
    socket.send(json!({ "ack": 6 })).await;
    let last = socket.frame().await;
    assert_eq!((&last["n"], &last["close"]), (&json!(7), &json!(true)));
}

#[tokio::test]
async fn an_empty_ring_takes_one_frame_of_any_size() {
    let mut config = config();
    config.wire.ring_bytes = 100;
    let server = Running::start(Server::new(config).registry(registry())).await;
    let mut socket = welcomed(&server, &mut Identity::new()).await;
    socket.send(call(1, "numbers.count", json!({ "to": 3, "bytes": 50_000 }))).await;
    for n in 1..=3 {
        assert_numbers(&mut socket, [n]).await;
        socket.send(json!({ "ack": n })).await;
    }
    assert_numbers(&mut socket, [4]).await;
}

#[tokio::test]
async fn a_client_that_does_not_keep_up_is_disconnected_and_nobody_else_is() {
    let mut config = config();
    config.wire.client_bytes = 1 << 20;
    let server = Running::start(Server::new(config).registry(registry())).await;
    let mut identity = Identity::new();
    let mut slow = welcomed(&server, &mut identity).await;
    let mut other = Page::open(&server).await;
    // It never acknowledges.
    slow.send(call(1, "numbers.count", json!({ "to": 300, "bytes": 10_000 }))).await;
    assert_eq!(slow.closed().await, 4441);
    assert_eq!(other.ask("numbers.echo", json!("x")).await, result("x"));
    // It may come back, on a page that begins anew.
    let mut page = Page::load(&server, &mut identity).await;
    assert_eq!(page.welcome["reason"], "a new page");
    assert_eq!(page.ask("numbers.echo", json!("x")).await, result("x"));
}

#[tokio::test]
async fn a_new_page_begins_at_one_in_both_directions() {
    let server = Running::serve(registry()).await;
    let mut identity = Identity::new();
    let mut socket = Socket::open(&server).await;
    for _ in 0..2 {
        socket.send(identity.hello()).await;
        let welcome = socket.frame().await;
        identity.key = welcome["data"]["key"].as_str().expect("a key").to_owned();
        socket.send(call(1, "numbers.echo", json!("x"))).await;
        let expected = r#"{"n":1,"ack":1,"streamId":1,"data":"x","close":true}"#;
        assert_eq!(socket.text().await, expected);
        socket = Socket::open(&server).await;
    }
}

#[tokio::test]
async fn who_is_silent_gives_a_sign_of_life_is_asked_for_one_and_is_given_up() {
    let mut config = config();
    config.connection.beat = Duration::from_millis(50);
    let server = Running::start(Server::new(config).registry(registry())).await;
    let mut identity = Identity::new();
    let mut socket = welcomed(&server, &mut identity).await;
    let mut asked = false;
    loop {
        match socket.next().await {
            Received::Text(text) if text == r#"{"ack":0}"# => {}
            Received::Text(text) => {
                assert_eq!(text, r#"{"ack":0,"beat":true}"#);
                asked = true;
            }
            Received::Closed(number) => {
                assert_eq!((number, asked), (4442, true));
                break;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(Page::load(&server, &mut identity).await.welcome["reason"], "a new page");
}

#[tokio::test]
async fn who_answers_is_not_given_up() {
    let mut config = config();
    config.connection.beat = Duration::from_millis(20);
    let server = Running::start(Server::new(config).registry(registry())).await;
    let mut socket = welcomed(&server, &mut Identity::new()).await;
    let mut asked = 0;
    while asked < 5 {
        let frame = socket.frame().await;
        if frame["beat"] == true {
            asked += 1;
            socket.send(json!({ "ack": 0 })).await;
        }
    }
    socket.send(call(1, "numbers.echo", json!("x"))).await;
    loop {
        let frame = socket.frame().await;
        if frame.get("n").is_some() {
            assert_eq!(frame["data"], "x");
            break;
        }
    }
}

#[tokio::test]
async fn a_client_that_asks_for_a_sign_of_life_gets_one() {
    let server = Running::serve(registry()).await;
    let mut socket = welcomed(&server, &mut Identity::new()).await;
    socket.send(json!({ "ack": 0, "beat": true })).await;
    assert_eq!(socket.text().await, r#"{"ack":0}"#);
}
