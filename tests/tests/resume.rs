//! What a client finds when it comes back: its calls, its events, and nobody else in its place.

mod events;
mod takeover;

use std::time::Duration;

use igor::{Config, Registry, Scope, Server};
use igor_tests::{Bench, Heard, Identity, Page, Running, Socket, config, result};
use serde_json::{Value, json};

/// Counts, tells that it runs, waits for a permit, and says how often it was executed.
#[igor::action("resume.count")]
async fn count(bench: Scope<Bench>) -> u32 {
    let count = bench.count();
    bench.tell("running");
    bench.permit().await;
    bench.tell("done");
    count
}

/// Says so many numbers.
#[igor::action("resume.numbers")]
fn numbers(to: u32) -> impl futures_util::Stream<Item = u32> {
    futures_util::stream::iter(1..=to)
}

struct Test {
    server: Running,
    bench: Bench,
    heard: Heard,
}

async fn serving_by(config: Config) -> Test {
    let (bench, heard) = Bench::new();
    let registry = events::register(Registry::new().action::<count>().action::<numbers>());
    let server = Server::new(config).registry(registry).scope(bench.clone());
    Test { server: Running::start(server).await, bench, heard }
}

async fn serving() -> Test {
    serving_by(config()).await
}

/// The answer to a hello on a socket of its own.
async fn greeted(server: &Running, hello: Value) -> (Socket, Value) {
    let mut socket = Socket::open(server).await;
    socket.send(hello).await;
    let welcome = socket.frame().await;
    (socket, welcome)
}

#[tokio::test]
async fn a_result_produced_while_the_client_was_away_arrives_when_it_returns() {
    let Test { server, bench, mut heard } = serving().await;
    let mut identity = Identity::new();
    let mut page = Page::load(&server, &mut identity).await;
    let call = page.call("resume.count", json!(null)).await;
    assert_eq!(heard.next().await, "running");
    page.socket.close().await;
    bench.allow(1);
    assert_eq!(heard.next().await, "done");
    page.resume(&server, &mut identity).await;
    assert_eq!(page.last(call).await, result(1));
}

#[tokio::test]
async fn a_call_that_is_cut_and_sent_again_is_executed_once() {
    let Test { server, bench, mut heard } = serving().await;
    let mut identity = Identity::new();
    let mut page = Page::load(&server, &mut identity).await;
    let call = page.call("resume.count", json!(null)).await;
    assert_eq!(heard.next().await, "running");
    page.resume(&server, &mut identity).await;
    // A client that does not know what arrived may send more than it has to.
    page.socket.send(json!({ "n": 1, "streamId": call, "action": "resume.count" })).await;
    bench.allow(2);
    assert_eq!(page.last(call).await, result(1));
    assert!(page.has_none(|frame| frame["streamId"] == call).await);
    assert_eq!(bench.counted(), 1);
}

#[tokio::test]
async fn a_stream_goes_on_when_a_resume_has_made_room_for_it() {
    let mut config = config();
    config.wire.ring_frames = 2;
    let Test { server, .. } = serving_by(config).await;
    let mut identity = Identity::new();
    let mut page = Page::load(&server, &mut identity).await;
    let call = page.call("resume.numbers", json!(6)).await;
    for number in 1..=2 {
        assert_eq!(page.of_call(call).await["data"], number);
    }
    // The third waits in the mailbox and the fourth for its turn, until the hello acknowledges.
    page.resume(&server, &mut identity).await;
    for number in 3..=6 {
        assert_eq!(page.of_call(call).await["data"], number);
        page.acknowledge().await;
    }
    assert_eq!(page.of_call(call).await, json!({ "close": true }));
}

#[tokio::test]
async fn a_lost_session_is_told_until_the_client_has_heard_it() {
    let mut config = config();
    config.session.grace = Duration::ZERO;
    let Test { server, bench, mut heard } = serving_by(config).await;
    let mut identity = Identity::new();
    let mut page = Page::load(&server, &mut identity).await;
    page.call("resume.count", json!(null)).await;
    assert_eq!(heard.next().await, "running");
    page.socket.close().await;
    let reason = "the server does not know the session";
    // The first answer is lost. A page as young as this one has numbers that fit the session that
    // has just begun, and would send the call again to it.
    let lost = greeted(&server, identity.hello_to_resume(0)).await;
    let (_, again) = greeted(&server, identity.hello_to_resume(0)).await;
    for welcome in [lost.1, again] {
        assert_eq!(welcome["data"]["resumed"], false);
        assert_eq!(welcome["data"]["reason"], reason);
    }
    assert_eq!(bench.counted(), 1);
}
