//! The first frame of a socket, and what is told in answer.

use std::time::Duration;

use igor::{Config, Registry, Server};
use igor_tests::{Identity, Page, Running, Socket, config, failure, result};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

#[igor::action("hello.count")]
fn count(to: u32) -> Vec<u32> {
    (0..to).collect()
}

#[igor::action("hello.nothing")]
fn nothing() {}

async fn serving_by(config: Config) -> Running {
    let registry = Registry::new().action::<count>().action::<nothing>();
    Running::start(Server::new(config).registry(registry)).await
}

#[tokio::test]
async fn a_first_frame_that_is_no_hello_is_refused() {
    let server = serving_by(config()).await;
    let call = r#"{"n":1,"streamId":1,"action":"hello.nothing"}"#;
    let mut short = Identity::new();
    short.key = "short".into();
    for (first, text) in [
        ("hello".to_owned(), "not JSON: expected value at line 1 column 1"),
        (call.to_owned(), "the first frame is `igor.hello`"),
        (
            r#"{"action":"igor.hello"}"#.to_owned(),
            "`hello`: invalid type: null, expected an object",
        ),
        (short.hello().to_string(), "`hello.key` has 32 to 128 bytes"),
    ] {
        let mut socket = Socket::open(&server).await;
        socket.send(first).await;
        // What stands behind it is not run.
        socket.send(call).await;
        let mut refusal = failure(400, text);
        refusal["action"] = json!("igor.welcome");
        assert_eq!(socket.frame().await, refusal);
        assert_eq!(socket.closed().await, 4400);
    }
}

#[tokio::test]
async fn a_name_that_nobody_may_have_is_refused() {
    let server = serving_by(config()).await;
    for (name, text) in [
        ("".to_owned(), "`hello.name` has 1 to 128 bytes"),
        ("x".repeat(129), "`hello.name` has 1 to 128 bytes"),
        ("an\u{1b}[2Jn".to_owned(), "`hello.name` has the invisible character `\\u{1b}`"),
        ("\u{202e}nna".to_owned(), "`hello.name` has the invisible character `\\u{202e}`"),
    ] {
        let mut socket = Socket::open(&server).await;
        socket.send(Identity::named(&name).hello()).await;
        let mut refusal = failure(403, text);
        refusal["action"] = json!("igor.welcome");
        assert_eq!(socket.frame().await, refusal);
        assert_eq!(socket.closed().await, 4403);
    }
    let mut socket = Socket::open(&server).await;
    socket.send(Identity::named("Zoë 👩\u{200d}🔬").hello()).await;
    assert_eq!(socket.frame().await["data"]["clientId"], "Zoë 👩\u{200d}🔬");
}

#[tokio::test]
async fn a_first_message_that_is_no_text_closes_the_socket() {
    let server = serving_by(config()).await;
    let mut socket = Socket::open(&server).await;
    socket.send_message(Message::binary(vec![1])).await;
    assert_eq!(socket.closed().await, 4400);
}

#[tokio::test]
async fn calls_may_stand_behind_the_first_hello() {
    let server = serving_by(config()).await;
    let mut socket = Socket::open(&server).await;
    socket.send(Identity::new().hello()).await;
    socket.send(json!({ "n": 1, "streamId": 1, "action": "hello.count", "data": 1 })).await;
    socket.send(json!({ "n": 2, "streamId": 2, "action": "hello.count", "data": 2 })).await;
    assert_eq!(socket.frame().await["action"], "igor.welcome");
    assert_eq!(socket.frame().await["data"], json!([0]));
    assert_eq!(socket.frame().await["data"], json!([0, 1]));
}

#[tokio::test]
async fn a_socket_that_says_no_hello_is_closed() {
    let mut config = config();
    config.connection.hello = Duration::from_millis(20);
    let server = serving_by(config).await;
    let mut socket = Socket::open(&server).await;
    assert_eq!(socket.closed().await, 4408);
}

#[tokio::test]
async fn the_welcome_tells_what_a_client_has_to_know() {
    let mut small = config();
    small.session.grace = Duration::from_secs(7);
    small.connection.beat = Duration::from_secs(3);
    small.calls.open = 5;
    small.calls.credit = 6;
    small.wire.ring_frames = 8;
    small.wire.ring_bytes = 9;
    let server = serving_by(small).await;
    let (mut one, mut other) = (Identity::new(), Identity::new());
    let welcome = Page::load(&server, &mut one).await.welcome;
    let session = one.session.clone();
    assert_eq!(welcome["session"], json!(session));
    assert_eq!((&welcome["received"], &welcome["resumed"]), (&json!(0), &json!(false)));
    assert_eq!((&welcome["graceMs"], &welcome["beatMs"]), (&json!(7000), &json!(3000)));
    let limits = json!({
        "messageBytes": 1 << 20, "openCalls": 5, "credit": 6, "ringFrames": 8, "ringBytes": 9,
    });
    assert_eq!(welcome["limits"], limits);
    let later = Page::load(&server, &mut other).await.welcome;
    assert_eq!(later["epoch"], welcome["epoch"]);
    let elsewhere = Page::open(&serving_by(config()).await).await.welcome;
    assert_ne!(elsewhere["epoch"], welcome["epoch"]);
}

#[tokio::test]
async fn a_client_of_another_contract_is_given_the_whole_table() {
    let server = serving_by(config()).await;
    let mut identity = Identity::new();
    let welcome = Page::load(&server, &mut identity).await.welcome;
    let names = welcome["contract"]["names"].as_object().expect("a table");
    let names: Vec<_> = names.keys().map(String::as_str).collect();
    assert_eq!(names, ["hello.count", "hello.nothing"]);

    identity.contract = welcome["contract"]["hash"].as_str().expect("a hash").to_owned();
    let welcome = Page::load(&server, &mut identity).await.welcome;
    assert_eq!(welcome["contract"], json!(identity.contract));
}

#[tokio::test]
async fn limits_may_be_as_large_as_numbers_are() {
    let mut config = config();
    let longest = Duration::from_secs(365 * 24 * 60 * 60);
    config.gate.waiting_sockets = usize::MAX;
    config.gate.header_bytes = usize::MAX;
    config.gate.handshake = longest;
    config.session.clients = usize::MAX;
    config.session.absent_bytes = usize::MAX;
    config.session.grace = longest;
    config.calls.open = usize::MAX;
    config.calls.credit = u32::MAX;
    config.calls.timeout = Some(longest);
    config.requests.open = usize::MAX;
    config.wire.message_bytes = usize::MAX;
    config.wire.client_bytes = usize::MAX;
    config.wire.ring_bytes = usize::MAX;
    config.wire.ring_frames = usize::MAX;
    config.connection.hello = longest;
    config.connection.beat = longest;
    let server = serving_by(config).await;
    let mut identity = Identity::new();
    for _ in 0..2 {
        let mut page = Page::load(&server, &mut identity).await;
        let id = page.call_with("hello.count", json!({ "data": 2, "credit": u32::MAX })).await;
        assert_eq!(page.last(id).await, result(json!([0, 1])));
    }
    server.stop().await;
}
