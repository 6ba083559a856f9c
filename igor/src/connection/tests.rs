//! The loop of a connection over a stream in memory, in paused time.

use futures_util::SinkExt as _;
use tokio::io::{DuplexStream, duplex, split};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};

use super::*;
use crate::action::{NamedAction, Plain as _, Returned, signature};
use crate::place::Place;
use crate::shared::Shared;

/// Something to offer: a server of nothing does not start.
struct Nothing;

impl NamedAction for Nothing {
    const ACTION: &'static Action = &Action {
        name: "nothing",
        docs: "",
        place: Place { file: "here", line: 1 },
        parameters: &[],
        idempotent: false,
        signature: || signature(|_| async { Ok(Returned(()).split()) }),
    };
}

const BEAT: Duration = Duration::from_secs(5);

/// The other end of a connection that has been welcomed.
async fn welcomed() -> WebSocketStream<DuplexStream> {
    let limits = Limits {
        connection: ConnectionLimits { beat: BEAT, ..Default::default() },
        wire: WireLimits::default(),
        calls: CallLimits::default(),
        session: SessionLimits::default(),
    };
    let (session, wire) = (limits.session.clone(), limits.wire.clone());
    let shared = Shared::new(Default::default(), session, wire, Default::default());
    let front =
        Front::new(shared.expect("randomness"), &Registry::new().action::<Nothing>(), None, limits);
    let (near, far) = duplex(1 << 16);
    let (reader, writer) = split(near);
    let handshake = Handshake::new(Default::default(), [127, 0, 0, 1].into(), None);
    let front = Arc::new(front.expect("a contract"));
    tokio::spawn(serve(reader, writer, Bytes::new(), Box::new(handshake), front));
    let mut client = WebSocketStream::from_raw_socket(far, Role::Client, None).await;
    let word = "w".repeat(43);
    let hello = format!(
        r#"{{"action":"igor.hello","data":{{"session":"{word}","key":"{word}","page":"p","attempt":1,"contract":"","ring":1048576}}}}"#
    );
    client.send(Message::text(hello)).await.expect("sent");
    client.next().await.expect("a frame").expect("a welcome");
    client
}

#[tokio::test(start_paused = true)]
async fn an_idle_client_hears_the_server_once_a_beat() {
    let mut client = welcomed().await;
    let mut heard = Instant::now();
    for _ in 0..20 {
        client.send(Message::text(r#"{"ack":0}"#)).await.expect("sent");
        client.next().await.expect("a frame").expect("a beat");
        assert!(heard.elapsed() <= BEAT, "silent for {:?}", heard.elapsed());
        heard = Instant::now();
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_says_nothing_is_asked_and_then_gone() {
    let mut client = welcomed().await;
    let since = Instant::now();
    let mut has_been_asked = false;
    let close = loop {
        match client.next().await.expect("a frame").expect("readable") {
            Message::Text(text) => has_been_asked |= text.contains(r#""beat":true"#),
            Message::Close(Some(CloseFrame { code, .. })) => break u16::from(code),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((close, has_been_asked), (CloseCode::BeatsLost.number(), true));
    assert!(since.elapsed() >= 2 * BEAT && since.elapsed() <= 3 * BEAT, "{:?}", since.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_nothing_of_what_it_causes_is_closed() {
    for message in [
        Message::text("no frame"),
        Message::text(r#"{"beat":true}"#),
        Message::Ping(vec![0; 100].into()),
        Message::Binary(Bytes::new()),
    ] {
        let mut client = welcomed().await;
        let mut caused = 0;
        while client.send(message.clone()).await.is_ok() {
            caused += 1;
            assert!(caused < 100_000, "it goes on for ever: {message:?}");
        }
    }
}
