//! Events for a client that is away or does not keep up: each kind by its policy.

use igor::{Client, ClientId, Config, Hub, Registry};
use igor_tests::{Identity, Page, Running, config};
use serde_json::{Value, json};

use super::{Test, serving_by};

#[igor::event("resume.said")]
struct Said {
    count: u32,
    text: String,
}

#[igor::event("resume.logged", when_slow = "drop_oldest")]
struct Logged {
    count: u32,
    text: String,
}

#[igor::event("resume.progressed", when_slow = "latest")]
struct Progressed {
    count: u32,
}

#[igor::event("resume.moved", when_slow = "volatile")]
struct Moved {
    count: u32,
}

/// Bytes of the text of an event.
const TEXT_BYTES: usize = 4000;

/// Sends one client events of a kind, counted from one number to another.
#[igor::action("resume.send")]
fn send(to: ClientId, kind: String, from: u32, until: u32, hub: Hub) {
    let client = hub.client(&to);
    let text = "x".repeat(TEXT_BYTES);
    for count in from..=until {
        match kind.as_str() {
            "said" => client.send(&Said { count, text: text.clone() }),
            "logged" => client.send(&Logged { count, text: text.clone() }),
            "progressed" => client.send(&Progressed { count }),
            _ => client.send(&Moved { count }),
        }
    }
}

/// Sends everybody else an event of so many bytes.
#[igor::action("resume.send_all")]
fn send_all(count: u32, bytes: u32, client: Client, hub: Hub) {
    hub.except(client.id()).send(&Said { count, text: "x".repeat(bytes as usize) });
}

pub(super) fn register(registry: Registry) -> Registry {
    registry
        .event::<Said>()
        .event::<Logged>()
        .event::<Progressed>()
        .event::<Moved>()
        .action::<send>()
        .action::<send_all>()
}

/// One that is away, and one that makes events for it.
struct Pair {
    server: Running,
    identity: Identity,
    page: Page,
    sender: Page,
}

/// A ring of four such events, and as much again in the mailbox of who is away.
fn small() -> Config {
    let mut config = config();
    // In the mailbox what it takes to keep an event counts too.
    config.wire.ring_bytes = 4 * (TEXT_BYTES + 400);
    config
}

async fn one_away(config: Config) -> Pair {
    let Test { server, .. } = serving_by(config).await;
    let sender = Page::open(&server).await;
    let mut identity = Identity::named("ann");
    let mut page = Page::load(&server, &mut identity).await;
    page.socket.close().await;
    Pair { server, identity, page, sender }
}

impl Pair {
    async fn send(&mut self, kind: &str, from: u32, until: u32) {
        let data = json!({ "to": "ann", "kind": kind, "from": from, "until": until });
        let sent = self.sender.ask("resume.send", data).await;
        assert_eq!(sent["close"], true, "{sent}");
    }

    /// What came, in short, up to the event that is sent now: its count, or what was missed.
    async fn come(&mut self) -> Vec<Value> {
        self.page.resume(&self.server, &mut self.identity).await;
        let mut come = Vec::new();
        loop {
            let frame = self.page.find(|frame| frame.get("action").is_some()).await;
            self.page.acknowledge().await;
            let data = &frame["data"];
            if frame["action"] == "resume.progressed" && data["count"] == 0 {
                return come;
            }
            if frame["action"] == "igor.missed" {
                miss(&mut come, data);
            } else {
                come.push(data["count"].clone());
            }
        }
    }
}

/// Adds what was missed to what was missed directly before it, so that it does not matter in how
/// many frames it is told.
fn miss(come: &mut Vec<Value>, missed: &Value) {
    let before = come.pop_if(|before| before.is_object()).unwrap_or(json!({}));
    let mut sum = before.clone();
    for (name, count) in missed.as_object().expect("names and counts") {
        sum[name] =
            json!(count.as_u64().unwrap_or_default() + before[name].as_u64().unwrap_or_default());
    }
    come.push(sum);
}

#[tokio::test]
async fn what_was_sent_to_a_client_that_was_away_comes_when_it_returns() {
    let mut pair = one_away(config()).await;
    pair.send("said", 1, 5).await;
    pair.send("progressed", 0, 0).await;
    assert_eq!(pair.come().await, [1, 2, 3, 4, 5].map(Value::from));
}

#[tokio::test]
async fn missed_events_are_counted_in_their_place() {
    let mut pair = one_away(small()).await;
    // Four in the ring, four in the mailbox, and no place for six.
    pair.send("said", 1, 14).await;
    pair.send("progressed", 0, 0).await;
    let mut expected: Vec<Value> = (1..=8).map(Value::from).collect();
    expected.push(json!({ "resume.said": 6 }));
    assert_eq!(pair.come().await, expected);
    // From here on nothing is missing.
    pair.send("said", 15, 15).await;
    assert_eq!(pair.page.event("resume.said").await["data"]["count"], 15);
}

#[tokio::test]
async fn of_events_that_drop_the_oldest_the_newest_come_and_the_others_are_counted() {
    let mut pair = one_away(small()).await;
    pair.send("logged", 1, 14).await;
    pair.send("progressed", 0, 0).await;
    let come = pair.come().await;
    let mut expected: Vec<Value> = (1..=4).map(Value::from).collect();
    expected.push(json!({ "resume.logged": 6 }));
    expected.extend((11..=14).map(Value::from));
    assert_eq!(come, expected);
}

#[tokio::test]
async fn of_events_whose_latest_counts_only_that_one_waits() {
    let mut pair = one_away(small()).await;
    // The ring is full, so that what comes behind it waits.
    pair.send("said", 1, 5).await;
    pair.send("progressed", 1, 9).await;
    pair.send("progressed", 0, 0).await;
    assert_eq!(pair.come().await, [1, 2, 3, 4, 5].map(Value::from));
}

#[tokio::test]
async fn volatile_events_are_never_kept() {
    let mut pair = one_away(config()).await;
    pair.send("moved", 1, 3).await;
    pair.send("said", 1, 1).await;
    pair.send("progressed", 0, 0).await;
    assert_eq!(pair.come().await, [1].map(Value::from));
    // Nothing waits any more, so that the next one comes, without a number.
    assert!(pair.page.has_none(|_| true).await);
    pair.send("moved", 4, 4).await;
    assert_eq!(pair.page.event("resume.moved").await["data"]["count"], 4);
}

#[tokio::test]
async fn one_that_never_reads_is_bounded_and_slows_nobody() {
    const EVENTS: u64 = 100;
    const BYTES: u64 = TEXT_BYTES as u64;
    let mut config = small();
    config.wire.message_bytes = 8 << 10;
    config.wire.client_bytes = 64 << 10;
    let most_kept = config.wire.client_bytes as u64 / BYTES;
    let Test { server, .. } = serving_by(config).await;
    let mut identity = Identity::new();
    let mut sleeper = Page::load(&server, &mut identity).await;
    let mut readers = Vec::new();
    for _ in 0..20 {
        readers.push(Page::open(&server).await);
    }
    let mut sender = Page::open(&server).await;
    for count in 1..=EVENTS {
        sender.ask("resume.send_all", json!({ "count": count, "bytes": BYTES })).await;
        // Nobody is behind when the next one is sent, whatever the sleeper does.
        for reader in &mut readers {
            assert_eq!(reader.event("resume.said").await["data"]["count"], count);
            reader.acknowledge().await;
        }
    }
    let read = sleeper.read_to_end().await;
    assert!(read < EVENTS, "the sleeper was disconnected before the end");
    sleeper.resume(&server, &mut identity).await;
    let (mut kept, mut missed) = (0, 0);
    while read + kept + missed < EVENTS {
        let frame = sleeper.find(|frame| frame.get("action").is_some()).await;
        sleeper.acknowledge().await;
        match frame["data"]["resume.said"].as_u64() {
            Some(count) => missed += count,
            None => kept += 1,
        }
    }
    assert!(read + kept <= most_kept, "{read} read, {kept} kept, {missed} missed");
    assert_eq!(read + kept + missed, EVENTS);
}
