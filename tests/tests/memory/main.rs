//! What a client costs a server, measured by the allocator and held to what `docs/sessions.md` says.
//!
//! Clients here are raw sockets, so that next to nothing of what is counted is theirs.

mod inputs;

use std::time::Duration;

use futures_util::stream::{self, Stream};
use igor::{Config, Hub, Input, Registry, Scope, Server, Stats};
use igor_tests::{Bench, Identity, Page, Raw, Running, config, within};
use peak_alloc::PeakAlloc;
use serde_json::json;
use tokio::sync::{Mutex, MutexGuard};

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

/// One test at a time: what is counted is of the whole process.
static ALONE: Mutex<()> = Mutex::const_new(());

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

/// So many tiny events are more than is kept of them anywhere here.
const EVENTS: u32 = 30_000;

/// The length of a reply that waits.
const REPLY_BYTES: usize = 128 * KIB;

/// What it takes to keep a frame, beside its bytes.
const OVERHEAD: usize = 224;

#[igor::event("memory.said")]
struct Said {
    count: u32,
}

#[igor::event("memory.logged", when_slow = "drop_oldest")]
struct Logged {
    count: u32,
}

#[igor::event("memory.moved", when_slow = "latest")]
struct Moved {
    count: u32,
}

/// Sends so many events of each kind to everybody in the room.
#[igor::action("memory.send")]
fn send(kind: String, events: u32, hub: Hub) {
    let room = hub.room("measured");
    for count in 0..events {
        match kind.as_str() {
            "said" => room.send(&Said { count }),
            "logged" => room.send(&Logged { count }),
            _ => room.send(&Moved { count }),
        }
    }
}

#[igor::action("memory.enter")]
fn enter(client: igor::Client) {
    client.join("measured");
}

/// More items than anybody takes.
#[igor::action("memory.items")]
fn items() -> impl Stream<Item = u32> {
    stream::iter(0..)
}

/// How long a text is.
#[igor::action("memory.measure")]
fn measure(text: String) -> u32 {
    text.len() as u32
}

/// How many bytes of texts there are, one after another.
#[igor::action("memory.take")]
async fn take(mut texts: Input<String>) -> igor::Result<usize> {
    let mut bytes = 0;
    while let Some(text) = texts.next().await? {
        bytes += text.len();
    }
    Ok(bytes)
}

/// Asks for items, and takes none.
#[igor::action("memory.ignore")]
async fn ignore(mut items: Input<u32>, bench: Scope<Bench>) {
    let _ = futures_util::poll!(std::pin::pin!(items.next()));
    bench.permit().await;
}

/// A text of some length, once the test says so.
#[igor::action("memory.reply")]
async fn reply(bench: Scope<Bench>) -> String {
    bench.permit().await;
    "x".repeat(REPLY_BYTES)
}

struct Test {
    server: Running,
    bench: Bench,
    /// Makes events, and is measured with the rest, before and after.
    sender: Page,
    _alone: MutexGuard<'static, ()>,
}

async fn serving(mut config: Config) -> Test {
    let alone = ALONE.lock().await;
    // Far longer than a test: no session gives its memory back by ending.
    config.session.grace = Duration::from_secs(600);
    let registry = Registry::new()
        .event::<Said>()
        .event::<Logged>()
        .event::<Moved>()
        .action::<send>()
        .action::<enter>()
        .action::<items>()
        .action::<measure>()
        .action::<take>()
        .action::<ignore>()
        .action::<reply>();
    let (bench, _) = Bench::new();
    let server = Server::new(config).registry(registry).scope(bench.clone());
    let server = Running::start(server).await;
    let mut sender = Page::open(&server).await;
    sender.ask("memory.send", json!({ "kind": "said", "events": 0 })).await;
    Test { server, bench, sender, _alone: alone }
}

/// A client in the room, as plain as can be.
async fn measured(server: &Running) -> Raw {
    let mut raw = Raw::enter(server, &mut Identity::new()).await;
    raw.send(true, 1, br#"{"n":1,"ack":0,"streamId":1,"action":"memory.enter"}"#).await;
    raw.frame().await.expect("an answer");
    raw
}

/// Waits until no more than this is allocated: what a task frees at its end has no signal.
async fn settles(most: usize) {
    let settled = async {
        while PeakAlloc.current_usage() > most {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    within("memory to be given back", settled).await;
}

impl Test {
    /// Waits until it is so: what a call does at its end has no signal.
    async fn until(&self, is_so: impl Fn(&Stats) -> bool) {
        let so = async {
            while !is_so(&self.server.handle().stats()) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        within("what is counted to change", so).await;
    }

    async fn send(&mut self, kind: &str, events: u32) {
        self.sender.ask("memory.send", json!({ "kind": kind, "events": events })).await;
    }
}

#[tokio::test]
async fn a_client_costs_16_kib_connected_and_4_away() {
    const CLIENTS: usize = 50;
    let Test { server, sender, _alone, .. } = serving(config()).await;
    let before = PeakAlloc.current_usage();
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        clients.push(measured(&server).await);
    }
    let cost = (PeakAlloc.current_usage() - before) / CLIENTS;
    assert!(cost <= 16 * KIB, "{cost} bytes");
    drop(clients);
    settles(before + CLIENTS * 4 * KIB).await;
    drop(sender);
    server.stop().await;
}

#[tokio::test]
async fn a_call_that_waits_costs_2_kib_beside_what_its_action_keeps() {
    const CALLS: usize = 1000;
    let test = serving(config()).await;
    let mut raw = measured(&test.server).await;
    let before = PeakAlloc.current_usage();
    for id in 2..2 + CALLS {
        let call = format!(r#"{{"n":{id},"ack":1,"streamId":{id},"action":"memory.reply"}}"#);
        raw.send(true, 1, call.as_bytes()).await;
    }
    test.until(|stats| stats.open_calls >= CALLS).await;
    let cost = (PeakAlloc.current_usage() - before) / CALLS;
    assert!(cost <= 2 * KIB, "{cost}");
    drop(raw);
    test.server.stop().await;
}

#[tokio::test]
async fn a_large_message_costs_nothing_once_it_is_answered() {
    let Test { server, sender, _alone, .. } = serving(config()).await;
    let mut raw = measured(&server).await;
    let before = PeakAlloc.current_usage();
    let head = r#"{"n":2,"ack":1,"streamId":2,"action":"memory.measure","data":""#;
    let call = format!("{head}{}\"}}", "x".repeat(MIB - KIB));
    raw.send(true, 1, call.as_bytes()).await;
    drop(call);
    raw.frame().await.expect("an answer");
    settles(before + 32 * KIB).await;
    drop(sender);
    server.stop().await;
}

#[tokio::test]
async fn a_message_costs_what_has_come_of_it_and_not_what_it_says_of_its_length() {
    let mut config = config();
    // As who wants no limits may write it.
    (config.wire.message_bytes, config.wire.client_bytes) = (usize::MAX, usize::MAX);
    let test = serving(config).await;
    let mut raw = measured(&test.server).await;
    let before = PeakAlloc.current_usage();
    PeakAlloc.reset_peak_usage();
    let text = "x".repeat(4 * MIB);
    let call =
        format!(r#"{{"n":2,"ack":1,"streamId":2,"action":"memory.measure","data":"{text}"}}"#);
    raw.send(true, 1, call.as_bytes()).await;
    assert_eq!(raw.json().await["data"], 4 * MIB);
    let header = [&[0x81, 0xFF][..], &(1_u64 << 62).to_be_bytes(), &[0; 4]].concat();
    raw.write(header).await;
    raw.write(&text).await;
    test.until(|stats| stats.open_calls == 0).await;
    let cost = PeakAlloc.peak_usage() - before;
    assert!(cost <= 32 * MIB, "{cost}");
    drop(raw);
    let mut other = measured(&test.server).await;
    other.send(true, 1, br#"{"n":2,"ack":1,"streamId":2,"action":"memory.take"}"#).await;
    assert_eq!(other.json().await["credit"], 256);
    other.send(true, 1, br#"{"n":3,"streamId":2,"data":"abc"}"#).await;
    other.send(true, 1, br#"{"n":4,"streamId":2,"close":true}"#).await;
    assert_eq!(other.json().await["data"], 3);
    test.server.stop().await;
}

#[tokio::test]
async fn a_client_that_is_away_costs_its_ring_and_its_mailbox() {
    let mut test = serving(config()).await;
    let before = PeakAlloc.current_usage();
    drop(measured(&test.server).await);
    // Far more than is kept, so that it does not matter how many the socket still takes.
    test.send("said", EVENTS).await;
    let wire = Config::default().wire;
    let most = 2 * wire.ring_bytes + wire.ring_frames * OVERHEAD;
    settles(before + most).await;
    test.server.stop().await;
}

#[tokio::test]
async fn replies_that_wait_for_a_client_that_is_away_cost_its_limit() {
    const REPLIES: usize = 100;
    let mut config = config();
    config.wire.client_bytes = 4 * MIB;
    let test = serving(config).await;
    let mut raw = Raw::enter(&test.server, &mut Identity::new()).await;
    for id in 1..=REPLIES {
        let call = format!(r#"{{"n":{id},"streamId":{id},"action":"memory.reply"}}"#);
        raw.send(true, 1, call.as_bytes()).await;
    }
    test.until(|stats| stats.open_calls == REPLIES).await;
    drop(raw);
    test.until(|stats| stats.absent == 1).await;
    let before = PeakAlloc.current_usage();
    PeakAlloc.reset_peak_usage();
    test.bench.allow(REPLIES);
    test.until(|stats| stats.open_calls == 0).await;
    // Three times as much was replied. What is above the limit is a reply that is being made.
    let (cost, kept) = (PeakAlloc.peak_usage() - before, PeakAlloc.current_usage() - before);
    assert!(cost <= 4 * MIB + 512 * KIB, "{cost}");
    assert!(kept > 3 * MIB, "{kept}");
    test.server.stop().await;
}

#[tokio::test]
async fn a_slow_client_costs_its_limit_and_half_a_mib() {
    for kind in ["said", "logged", "moved"] {
        let mut config = config();
        config.wire.client_bytes = 4 * MIB;
        let mut test = serving(config).await;
        let slow = measured(&test.server).await;
        let before = PeakAlloc.current_usage();
        PeakAlloc.reset_peak_usage();
        test.send(kind, EVENTS).await;
        let cost = PeakAlloc.peak_usage() - before;
        // What is above the limit is the socket's buffer, and tables while they grow.
        assert!(cost <= 4 * MIB + 512 * KIB, "{kind}: {cost}");
        drop(slow);
        test.server.stop().await;
    }
}

#[tokio::test]
async fn memory_is_flat_over_calls_abandoned_streams_and_reconnects() {
    let Test { server, sender, _alone, .. } = serving(config()).await;
    let mut identity = Identity::new();
    let mut usage = async |sockets: usize| {
        for _ in 0..sockets {
            let raw = Raw::enter(&server, &mut identity).await;
            use_and_leave(raw).await;
        }
        PeakAlloc.current_usage()
    };
    usage(20).await;
    let before = usage(20).await;
    usage(200).await;
    settles(before + 8 * KIB).await;
    drop(sender);
    server.stop().await;
}

/// Makes 50 calls, begins 2 streams, cancels one of them, and leaves without a word.
async fn use_and_leave(mut raw: Raw) {
    for id in 1..=50 {
        let call = format!(r#""streamId":{id},"action":"memory.measure","data":"a text""#);
        raw.send(true, 1, format!(r#"{{"n":{id},"ack":{},{call}}}"#, id - 1).as_bytes()).await;
        raw.frame().await.expect("an answer");
    }
    for id in [51, 52] {
        let call = format!(r#""streamId":{id},"action":"memory.items","credit":8"#);
        raw.send(true, 1, format!(r#"{{"n":{id},"ack":50,{call}}}"#).as_bytes()).await;
        for _ in 0..4 {
            raw.frame().await.expect("an item");
        }
    }
    raw.send(true, 1, br#"{"n":53,"ack":58,"streamId":51,"cancel":true}"#).await;
}
