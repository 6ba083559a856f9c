//! What a remote bears of a server that says what none should.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use igor::remote::{Remote, RemoteConfig};
use igor_tests::{Entrance, InTime as _, Io};
use serde_json::{Value, json};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};

use crate::address_of;
use crate::offer::{Confirm, Said, count, who};

/// A server that says what a test tells it to.
struct Hostile(WebSocketStream<Box<dyn Io>>);

impl Hostile {
    /// The server of a remote that connects, which it welcomes with these times.
    async fn of(remote: &Remote, entrance: &mut Entrance, millis: u64) -> Self {
        let (ready, server) = tokio::join!(remote.ready(), Hostile::welcoming(entrance, millis));
        ready.expect("welcome");
        server
    }

    async fn welcoming(entrance: &mut Entrance, millis: u64) -> Self {
        let io = entrance.accept().in_time().await.expect("a socket");
        // As the library wants it.
        #[allow(clippy::result_large_err)]
        let spoken = |_: &Request, mut response: Response| {
            let headers = response.headers_mut();
            headers.insert("sec-websocket-protocol", "igor.1".parse().expect("a header"));
            Ok(response)
        };
        let accepting = tokio_tungstenite::accept_hdr_async(io, spoken);
        let mut server = Hostile(accepting.in_time().await.expect("a WebSocket"));
        let hello = server.hear().await;
        let limits = json!({
            "messageBytes": 1 << 20, "openCalls": 1024, "credit": 256, "ringFrames": 4096,
            "ringBytes": 1 << 20,
        });
        let data = json!({
            "clientId": "anna", "session": hello["data"]["session"], "key": "k".repeat(43),
            "epoch": "e", "resumed": false, "received": 0, "graceMs": millis, "beatMs": millis,
            "limits": limits, "contract": hello["data"]["contract"],
        });
        server.say(&json!({ "action": "igor.welcome", "data": data })).await;
        server
    }

    async fn say(&mut self, frame: &Value) {
        self.0.send(Message::text(frame.to_string())).in_time().await.expect("it goes out");
    }

    async fn hear(&mut self) -> Value {
        let message = self.0.next().in_time().await.expect("a message").expect("a message");
        serde_json::from_str(message.to_text().expect("text")).expect("JSON")
    }

    /// The next frame of this kind; others are left out.
    async fn hear_of(&mut self, member: &str) -> Value {
        loop {
            let frame = self.hear().await;
            if frame.get(member).is_some() {
                return frame;
            }
        }
    }
}

/// A remote, and where its server would be.
async fn remote() -> (Entrance, Remote) {
    let entrance = Entrance::open().await;
    let address = address_of(entrance.place().clone());
    (entrance, Remote::new(RemoteConfig { address, ..RemoteConfig::default() }))
}

/// Whether a call of the remote is still answered.
async fn is_alive(server: &mut Hostile, remote: &Remote, n: u64) -> bool {
    let asked = remote.call::<who>(());
    let called = server.hear_of("action").await;
    let id = &called["streamId"];
    server.say(&json!({ "n": n, "streamId": id, "data": "x", "close": true })).await;
    asked.in_time().await.is_ok_and(|who| who == "x")
}

#[tokio::test]
async fn counts_of_what_is_missing_are_added_up_however_large() {
    let (mut entrance, remote) = remote().await;
    let said = remote.on::<Said>();
    let mut server = Hostile::of(&remote, &mut entrance, 5000).await;
    for n in 1..=2 {
        let data = json!({ "said": u64::MAX });
        server.say(&json!({ "n": n, "action": "igor.missed", "data": data })).await;
    }
    assert!(is_alive(&mut server, &remote, 3).await);
    assert_eq!(said.take_missed(), u64::MAX);
}

#[tokio::test]
async fn times_beyond_all_times_are_no_reason_to_fail() {
    let (mut entrance, remote) = remote().await;
    let mut server = Hostile::of(&remote, &mut entrance, u64::MAX).await;
    assert!(is_alive(&mut server, &remote, 1).await);
    drop(server);
    let mut server = Hostile::welcoming(&mut entrance, u64::MAX).await;
    assert!(is_alive(&mut server, &remote, 1).await);
    let far = json!({ "reason": "shutdown", "retryAfterMs": u64::MAX, "lastCall": i64::MIN });
    server.say(&json!({ "action": "igor.goodbye", "data": far })).await;
    drop(server);
    let hurried = remote.within(Duration::from_millis(50));
    let late = hurried.call::<who>(()).in_time().await.expect_err("there is no server");
    assert_eq!(late.code(), igor::Code::DeadlineExceeded);
}

#[tokio::test]
async fn so_many_requests_wait_for_their_answers_and_no_more() {
    const MOST: usize = 1024;
    let (mut entrance, remote) = remote().await;
    let (asks, mut asked) = tokio::sync::mpsc::unbounded_channel();
    remote
        .handle(move |confirm: Confirm| {
            let _ = asks.send(confirm.question);
            std::future::pending()
        })
        .expect("nobody else does");
    let mut server = Hostile::of(&remote, &mut entrance, 5000).await;
    for nth in 1..=3 * MOST {
        let data = json!({ "question": "again?" });
        let id = -i64::try_from(nth).expect("a few");
        server.say(&json!({ "n": nth, "streamId": id, "action": "confirm", "data": data })).await;
    }
    assert!(is_alive(&mut server, &remote, 3 * MOST as u64 + 1).await);
    for _ in 0..MOST {
        asked.recv().in_time().await.expect("a request");
    }
    assert!(asked.try_recv().is_err(), "more were begun");
}

#[tokio::test]
async fn a_stream_ends_at_an_item_that_came_without_credit() {
    const WINDOW: u64 = 256;
    let (mut entrance, remote) = remote().await;
    let mut server = Hostile::of(&remote, &mut entrance, 5000).await;
    let mut counted = remote.call::<count>(0_u64);
    let called = server.hear_of("action").await;
    assert_eq!(called["credit"], WINDOW);
    let id = &called["streamId"];
    for n in 1..=WINDOW + 3 {
        server.say(&json!({ "n": n, "streamId": id, "data": n })).await;
    }
    assert_eq!(server.hear_of("cancel").await["streamId"], *id);
    for n in 1..=WINDOW {
        assert_eq!(counted.next().in_time().await.expect("an item").expect("an item"), n);
    }
    let refused = counted.next().in_time().await.expect("an end").expect_err("no credit");
    assert_eq!(refused.code(), igor::Code::BadFrame, "{refused}");
    assert!(is_alive(&mut server, &remote, WINDOW + 4).await);
}
