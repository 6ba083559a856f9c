//! The loop of a connection over a stream in memory, in paused time.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{DuplexStream, ReadBuf, duplex, split};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};

use super::*;
use crate::action::{Action, NamedAction, Plain as _, Returned, signature};
use crate::data::DataType;
use crate::event::{Event, EventDescriptor, Policy};
use crate::hub::PresenceChange;
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
        timeout: None,
        no_cancel: false,
        guard: None,
        concurrency: None,
        rate: None,
        signature: || signature(|_| async { Ok(Returned(()).split()) }),
    };
}

pub(super) const BEAT: Duration = Duration::from_secs(5);

/// What is told to all.
impl Event for String {
    const DESCRIPTOR: &'static EventDescriptor = &EventDescriptor {
        name: "told",
        docs: "",
        place: Place { file: "here", line: 1 },
        payload: DataType::of::<String>(),
        policy: Policy::Disconnect,
    };
}

/// What the connections here need.
pub(super) fn front() -> Arc<Front> {
    front_with(WireLimits::default())
}

fn front_with(wire: WireLimits) -> Arc<Front> {
    let limits = Limits {
        connection: ConnectionLimits { beat: BEAT, ..Default::default() },
        wire,
        calls: CallLimits::default(),
        session: SessionLimits::default(),
    };
    let (session, wire) = (limits.session.clone(), limits.wire.clone());
    let shared =
        Shared::new(Default::default(), session, wire, Default::default(), Default::default());
    let registry = Registry::new().action::<Nothing>();
    let front =
        Front::new(shared.expect("randomness"), &registry, &Layers::default(), None, limits);
    Arc::new(front.expect("a contract"))
}

pub(super) fn handshake() -> Box<Handshake> {
    Box::new(Handshake::new(Default::default(), [127, 0, 0, 1].into(), None))
}

/// The other end of a connection that has been welcomed.
async fn welcomed() -> WebSocketStream<DuplexStream> {
    welcomed_by(&front(), 0, 1 << 16).await
}

/// The other end of a connection, on which so many bytes are on their way at most.
async fn welcomed_by(
    front: &Arc<Front>,
    client: usize,
    bytes: usize,
) -> WebSocketStream<DuplexStream> {
    let (near, far) = duplex(bytes);
    let (reader, writer) = split(near);
    tokio::spawn(serve(reader, writer, Bytes::new(), handshake(), (), Arc::clone(front)));
    enter(far, client).await
}

/// Says hello and waits for the welcome.
async fn enter(far: DuplexStream, client: usize) -> WebSocketStream<DuplexStream> {
    let mut client_end = WebSocketStream::from_raw_socket(far, Role::Client, None).await;
    let word = format!("{client:w>43}");
    let hello = format!(
        r#"{{"action":"igor.hello","data":{{"session":"{word}","key":"{word}","page":"p","attempt":1,"contract":"","ring":1048576}}}}"#
    );
    client_end.send(Message::text(hello)).await.expect("sent");
    client_end.next().await.expect("a frame").expect("a welcome");
    client_end
}

/// Reads what it is given until it is told to panic.
struct Fragile<R>(R, Arc<AtomicBool>);

impl<R: AsyncRead + Unpin> AsyncRead for Fragile<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        assert!(!self.1.load(Ordering::Relaxed), "told to panic");
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_whose_connection_panics_has_its_grace_and_ends() {
    let (front, is_broken) = (front(), Arc::new(AtomicBool::new(false)));
    let mut presence = front.shared.hub.presence();
    let shared = Arc::clone(&front.shared);
    tokio::spawn(async move { shared.sessions.sweep().await });
    let (near, far) = duplex(1 << 16);
    let (reader, writer) = split(near);
    let reader = Fragile(reader, Arc::clone(&is_broken));
    let served = tokio::spawn(serve(reader, writer, Bytes::new(), handshake(), (), front));
    let mut client = enter(far, 0).await;
    assert!(matches!(presence.next().await, Some(PresenceChange::Arrived(_))));
    is_broken.store(true, Ordering::Relaxed);
    let since = Instant::now();
    client.send(Message::text(r#"{"ack":0}"#)).await.expect("sent");
    assert!(served.await.is_err_and(|error| error.is_panic()));
    let left = tokio::time::timeout(Duration::from_secs(60), presence.next()).await;
    assert!(matches!(left, Ok(Some(PresenceChange::Left(_)))), "{left:?}");
    assert!(since.elapsed() >= SessionLimits::default().grace);
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

#[tokio::test(start_paused = true)]
async fn one_that_never_reads_among_a_thousand_is_bounded_and_nobody_waits_for_it() {
    const EVENTS: usize = 24;
    const MOST_KEPT: usize = 32 << 10;
    const ON_THE_WAY: usize = 4 << 10;
    let wire = WireLimits { client_bytes: MOST_KEPT, ring_bytes: MOST_KEPT, ..Default::default() };
    let front = front_with(wire);
    let mut sleeper = welcomed_by(&front, 0, ON_THE_WAY).await;
    let mut readers = Vec::new();
    for client in 1..=1000 {
        readers.push(welcomed_by(&front, client, ON_THE_WAY).await);
    }
    let hub = front.shared.hub.clone();
    let text = "x".repeat(2 << 10);
    for n in 1..=EVENTS {
        let since = Instant::now();
        hub.all().send(&text);
        for reader in &mut readers {
            let frame = reader.next().await.expect("a frame").expect("readable");
            assert!(frame.to_text().is_ok_and(|text| text.contains("told")), "{frame:?}");
            reader.send(Message::text(format!(r#"{{"ack":{n}}}"#))).await.expect("sent");
        }
        // The clock stands as long as anybody has anything to do.
        assert_eq!(since.elapsed(), Duration::ZERO, "somebody waited at event {n}");
    }
    let mut kept_bytes = 0;
    let close = loop {
        match sleeper.next().await.expect("a frame").expect("readable") {
            Message::Text(text) => kept_bytes += text.len(),
            Message::Close(Some(CloseFrame { code, .. })) => break u16::from(code),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(close, CloseCode::TooSlow.number());
    assert!(kept_bytes <= MOST_KEPT, "{kept_bytes} bytes were kept");
}
