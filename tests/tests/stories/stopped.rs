//! A client that is stopped and goes on, as when a laptop's lid is closed and opened.

use std::time::Duration;

use igor::Server;
use igor_tests::{Bench, Door, Heard, Page, Place, Running, config, contract_of};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};

use crate::client::Client;
use crate::offer;

/// How often a story that a busy machine can spoil is begun again.
const ATTEMPTS: u32 = 10;

/// The times of a story.
struct Times {
    beat: Duration,
    grace: Duration,
    /// For how long the client is stopped at least, whatever the server sees before.
    least: Duration,
}

/// Short ones, unless the stories are to be told in full.
fn times(beat_millis: u64, grace_millis: u64, least_in_full: u64) -> Times {
    if std::env::var_os("STORIES_IN_FULL").is_some() {
        let seconds = Duration::from_secs;
        return Times { beat: seconds(5), grace: seconds(10), least: seconds(least_in_full) };
    }
    let millis = Duration::from_millis;
    Times { beat: millis(beat_millis), grace: millis(grace_millis), least: Duration::ZERO }
}

struct Test {
    server: Running,
    bench: Bench,
    heard: Heard,
    door: Door,
    client: Client,
    least: Duration,
}

async fn serving(times: Times) -> Test {
    let (bench, heard) = Bench::new();
    let door = Door::open().await;
    let mut config = config();
    config.connection.beat = times.beat;
    config.session.grace = times.grace;
    config.allowed_hosts = vec![door.place().host()];
    let server = Server::new(config).registry(offer::registry()).scope(bench.clone());
    let server = Running::start(server).await;
    let place = Place::from(server.handle());
    door.lead_to(Some(place.clone()));
    let client = Client::start(door.place(), &contract_of(place).await).await;
    Test { server, bench, heard, door, client, least: times.least }
}

impl Test {
    /// Has the client make a call, and waits until it runs.
    async fn hold(&mut self, nonce: u32) {
        self.client.call("hold", nonce).await;
        let runs = format!("hold {nonce}");
        while self.heard.next().await != runs {}
    }

    /// Lets a call end; says how it did for the client.
    async fn let_go(&mut self, nonce: u32) -> Value {
        self.bench.allow(1);
        self.client.ended(nonce).await
    }
}

#[tokio::test]
async fn a_client_stopped_for_longer_than_a_beat_keeps_its_socket() {
    let mut test = serving(times(1000, 60_000, 8)).await;
    for nonce in 1..=ATTEMPTS {
        test.hold(nonce).await;
        let before = test.door.seen();
        let until = Instant::now() + test.least;
        test.client.stop();
        if test.least.is_zero() {
            test.door.until("a question", |seen| seen.asked > before.asked).await;
        }
        sleep_until(until).await;
        test.client.go_on();
        assert_eq!(test.let_go(nonce).await["value"], nonce);
        test.hold(1000 + nonce).await;
        assert_eq!(test.let_go(1000 + nonce).await["value"], 1000 + nonce);
        assert!(!test.client.has_lost());
        let after = test.door.seen();
        // On a machine that is too busy to let it answer in time the server gives the socket up.
        if after.ended == before.ended {
            return assert_eq!(after.opened, before.opened);
        }
    }
    panic!("the client never answered in time");
}

#[tokio::test]
async fn a_client_stopped_for_two_beats_comes_back_and_has_lost_nothing() {
    let mut test = serving(times(300, 60_000, 12)).await;
    test.hold(1).await;
    let before = test.door.seen();
    let until = Instant::now() + test.least;
    test.client.stop();
    test.door.until("the end of the socket", |seen| seen.ended > before.ended).await;
    for count in 1..=3 {
        Page::open(&test.server).await.ask("story.say", json!(count)).await;
    }
    test.bench.allow(1);
    while test.heard.next().await != "gone" {}
    sleep_until(until).await;
    test.client.go_on();
    assert_eq!(test.client.ended(1).await["value"], 1);
    for count in 1..=3 {
        assert_eq!(test.client.find(|line| line.get("said").is_some()).await["said"], count);
    }
    test.hold(2).await;
    assert_eq!(test.let_go(2).await["value"], 2);
    assert!(!test.client.has_lost());
    assert!(test.door.seen().opened > before.opened, "it came back over another socket");
}

#[tokio::test]
async fn a_client_stopped_past_the_grace_is_told_that_its_session_is_lost() {
    let mut test = serving(times(500, 500, 25)).await;
    test.hold(1).await;
    let until = Instant::now() + test.least;
    test.client.stop();
    // With the session its calls end.
    while test.heard.next().await != "gone" {}
    sleep_until(until).await;
    test.client.go_on();
    let lost = test.client.ended(1).await;
    assert_eq!((&lost["code"], &lost["executed"]), (&json!("session_lost"), &json!("unknown")));
    test.client.find(|line| line.get("lost").is_some()).await;
    // It goes on with a session of its own; a busy machine may cost it that one, too.
    for nonce in 2..2 + ATTEMPTS {
        test.client.call("hold", nonce).await;
        let ended = test.let_go(nonce).await;
        if ended["value"] == nonce {
            return;
        }
        assert_eq!(ended["code"], "session_lost");
    }
    panic!("the client never came back");
}
