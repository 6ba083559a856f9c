//! What anybody may cost a server is bounded, and whoever comes behind is served.

use std::time::Duration;

use igor::{Registry, Server};
use igor_tests::{Identity, Page, Raw, Running, TOKEN, config, frame, result, within};
use serde_json::json;
use tokio::io::{AsyncWriteExt as _, copy, sink, split};

/// A text frame, and what it is continued by.
const TEXT: u8 = 1;
const MORE: u8 = 0;
const PING: u8 = 9;

#[igor::action("gate.echo")]
fn echo(text: String) -> String {
    text
}

/// Never ends.
#[igor::action("gate.hold")]
async fn hold() {
    std::future::pending().await
}

async fn serve() -> Running {
    Running::start(Server::new(config()).registry(Registry::new().action::<echo>())).await
}

async fn assert_the_next_is_served(server: &Running) {
    let mut page = Page::open(server).await;
    assert_eq!(page.ask("gate.echo", json!("x")).await, result("x"));
}

/// The headers of a handshake that is let in.
fn known(server: &Running) -> Vec<(&'static str, String)> {
    vec![
        ("Host", server.handle().address().to_string()),
        ("Sec-WebSocket-Protocol", "igor.1".to_owned()),
        ("Authorization", format!("Bearer {TOKEN}")),
    ]
}

/// A WebSocket on which nothing was said yet.
async fn upgraded(server: &Running, headers: &[(&'static str, String)]) -> (String, Raw) {
    let mut raw = Raw::connect(server).await;
    raw.shake_hands("/", &[known(server), headers.to_vec()].concat()).await;
    let head = raw.head().await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    (head, raw)
}

/// A WebSocket whose client was welcomed.
async fn welcomed(server: &Running) -> Raw {
    Raw::enter(server, &mut Identity::new()).await
}

#[tokio::test]
async fn a_message_in_pieces_is_measured_as_a_whole() {
    let server = serve().await;
    let mut raw = welcomed(&server).await;
    let piece = [b'x'; 1 << 10];
    raw.send(false, TEXT, &piece).await;
    for _ in 0..1 << 10 {
        raw.send(false, MORE, &piece).await;
    }
    assert_eq!(raw.closed().await, Some(4413));
    assert_the_next_is_served(&server).await;
}

#[tokio::test]
async fn pieces_without_end_are_refused_although_they_are_empty() {
    let server = serve().await;
    let mut raw = welcomed(&server).await;
    raw.send(false, TEXT, b"").await;
    let flood = frame(false, MORE, b"").repeat(1 << 10);
    for _ in 0..64 {
        raw.write(&flood).await;
    }
    assert_eq!(raw.closed().await, Some(4413));
    assert_the_next_is_served(&server).await;
}

#[tokio::test]
async fn a_frame_is_refused_by_what_it_says_of_its_length() {
    let server = serve().await;
    for length in [(1u64 << 20) + 1, 1 << 40, u64::MAX >> 1, u64::MAX] {
        let mut raw = welcomed(&server).await;
        let mut header = vec![0x81, 0xFF];
        header.extend_from_slice(&length.to_be_bytes());
        header.extend_from_slice(&[0; 4]);
        raw.write(header).await;
        let closed = raw.closed().await;
        assert!(matches!(closed, Some(4413 | 4400)), "{closed:?} for {length}");
    }
    assert_the_next_is_served(&server).await;
}

#[tokio::test]
async fn who_pings_and_reads_no_pong_is_closed() {
    let server = serve().await;
    let mut raw = welcomed(&server).await;
    let pings = frame(true, PING, &[b'x'; 125]).repeat(1 << 10);
    let mut written = 0;
    while written < 64 << 20 && raw.write(&pings).await {
        written += pings.len();
    }
    // Far fewer bytes came back than a pong for each ping would be: nobody kept them.
    let read = raw.rest().await.len();
    assert!(read < 32 << 20, "{read} bytes in answer to {written}");
    assert_the_next_is_served(&server).await;
}

#[tokio::test]
async fn who_reads_the_pongs_may_ping() {
    let server = serve().await;
    let mut raw = welcomed(&server).await;
    for _ in 0..100 {
        assert!(raw.send(true, PING, b"here?").await);
    }
    for _ in 0..100 {
        assert_eq!(raw.frame().await, Some((10, b"here?".to_vec())));
    }
}

#[tokio::test]
async fn a_frame_that_no_client_may_send_closes_the_socket() {
    let server = serve().await;
    let unmasked = b"\x81\x02{}".to_vec();
    let long_ping = frame(true, PING, &[0; 126]);
    let ping_in_pieces = frame(false, PING, b"");
    let continued_from_nothing = frame(true, MORE, b"{}");
    let begun_twice = [frame(false, TEXT, b"{"), frame(true, TEXT, b"}")].concat();
    let unknown = frame(true, 3, b"");
    // The bit that says that a message is compressed.
    let mut compressed = frame(true, TEXT, b"{}");
    compressed[0] |= 0x40;
    for (what, bytes) in [
        ("unmasked", unmasked),
        ("a long ping", long_ping),
        ("a ping in pieces", ping_in_pieces),
        ("continued from nothing", continued_from_nothing),
        ("begun twice", begun_twice),
        ("an unknown opcode", unknown),
        ("compressed", compressed),
    ] {
        let mut raw = welcomed(&server).await;
        raw.write(bytes).await;
        assert_eq!(raw.closed().await, Some(4400), "{what}");
    }
    assert_the_next_is_served(&server).await;
}

#[tokio::test]
async fn compression_is_never_agreed_to() {
    let server = serve().await;
    for offered in [
        "permessage-deflate; client_max_window_bits",
        "permessage-deflate; server_no_context_takeover, x-webkit-deflate-frame",
    ] {
        let offer = ("Sec-WebSocket-Extensions", offered.to_owned());
        let (head, _) = upgraded(&server, &[offer]).await;
        assert!(!head.to_ascii_lowercase().contains("sec-websocket-extensions"), "{head}");
    }
}

#[tokio::test]
async fn a_hello_without_measure_is_refused() {
    let server = serve().await;
    let deep = "[".repeat(100_000);
    let wide = "x".repeat(1 << 19);
    let many = "{},".repeat(100_000);
    for hello in [
        format!(r#"{{"action":"igor.hello","data":{deep}"#),
        format!(r#"{{"action":"igor.hello","data":{deep}{}}}"#, "]".repeat(100_000)),
        format!(r#"{{"action":"igor.hello","data":{{"session":"{wide}"}}}}"#),
        format!(r#"{{"action":"igor.hello","data":[{many}0]}}"#),
        format!(r#"{{"action":"{wide}"}}"#),
    ] {
        let (_, mut raw) = upgraded(&server, &[]).await;
        raw.send(true, TEXT, hello.as_bytes()).await;
        let (opcode, refusal) = raw.frame().await.expect("a refusal");
        let start = String::from_utf8_lossy(&refusal[..refusal.len().min(100)]).into_owned();
        assert_eq!((opcode, refusal.len() < 8 << 10), (TEXT, true), "{start}");
        assert!(start.starts_with(r#"{"action":"igor.welcome","error":"#), "{start}");
        assert_eq!(raw.closed().await, Some(4400));
    }
    let (_, mut raw) = upgraded(&server, &[]).await;
    raw.send(true, TEXT, &vec![b' '; (1 << 20) + 1]).await;
    raw.rest().await;
    assert_the_next_is_served(&server).await;
}

#[tokio::test]
async fn a_handshake_may_end_anywhere() {
    let server = serve().await;
    let mut whole = "GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n".to_owned();
    for (name, value) in known(&server) {
        whole += &format!("{name}: {value}\r\n");
    }
    for end in (0..whole.len()).step_by(7) {
        let mut raw = Raw::connect(&server).await;
        raw.write(&whole[..end]).await;
        raw.end().await;
        let answer = String::from_utf8(raw.rest().await).expect("text");
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{end}: {answer}");
    }
    assert_the_next_is_served(&server).await;
}

#[tokio::test]
async fn a_socket_has_its_place_at_the_gate_until_it_is_welcome() {
    let mut config = config();
    config.gate.waiting_sockets = 2;
    // Far longer than the test: only a welcome makes room.
    config.connection.hello = Duration::from_secs(600);
    let server = Server::new(config).registry(Registry::new().action::<echo>());
    let server = Running::start(server).await;
    let (_, mut first) = upgraded(&server, &[]).await;
    let (_, _second) = upgraded(&server, &[]).await;
    assert!(!is_let_in(&server).await);
    first.say_hello(&mut Identity::new()).await;
    assert_eq!(first.frame().await.expect("a welcome").0, TEXT);
    // Its place is free a moment after the welcome has gone out.
    until_one_is_let_in(&server).await;
}

#[tokio::test]
async fn a_thousand_that_come_at_once_leave_room_for_the_next() {
    let mut config = config();
    // Far longer than the test: only those that leave make room.
    config.gate.handshake = Duration::from_secs(600);
    config.connection.hello = Duration::from_secs(600);
    let server = Server::new(config).registry(Registry::new().action::<echo>());
    let server = Running::start(server).await;
    let mut crowd = Vec::new();
    for nth in 0..1000 {
        let mut raw = Raw::connect(&server).await;
        match nth % 4 {
            0 => {}
            1 => drop(raw.write("GET / HT").await),
            2 => raw.shake_hands("/", &known(&server)).await,
            _ => raw.shake_hands("/", &[("Host", "evil.example".to_owned())]).await,
        }
        crowd.push(raw);
    }
    drop(crowd);
    // That they have left is heard one after the other.
    until_one_is_let_in(&server).await;
    assert_the_next_is_served(&server).await;
}

async fn until_one_is_let_in(server: &Running) {
    let mut tries = 0;
    while !is_let_in(server).await {
        tries += 1;
        assert!(tries < 10_000, "there is never room again");
        tokio::task::yield_now().await;
    }
}

/// Whether a socket gets an answer, and not just an end.
async fn is_let_in(server: &Running) -> bool {
    let mut raw = Raw::connect(server).await;
    raw.shake_hands("/", &known(server)).await;
    raw.end().await;
    raw.rest().await.starts_with(b"HTTP/1.1 101 ")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_never_pauses_does_not_outlive_the_server() {
    let mut config = config();
    config.connection.drain = Duration::from_millis(20);
    let server = Server::new(config).registry(Registry::new().action::<hold>());
    let server = Running::start(server).await;
    let mut client = welcomed(&server).await;
    client.send(true, TEXT, br#"{"n":1,"ack":0,"streamId":1,"action":"gate.hold"}"#).await;
    let (mut reader, mut writer) = split(client.into_io());
    let many = frame(true, TEXT, br#"{"ack":0}"#).repeat(4096);
    let flooding = tokio::spawn(async move { while writer.write_all(&many).await.is_ok() {} });
    // What it is told in between is of no interest.
    let read = tokio::spawn(async move { copy(&mut reader, &mut sink()).await });
    server.stop().await;
    let _ = within("the end of the connection", flooding).await;
    let _ = within("the end of the connection", read).await;
}
