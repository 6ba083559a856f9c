//! How long a call may run, and what becomes of one that nobody waits for any more.

use std::time::Duration;

use igor::{Cancelled, Config, Deadline, Registry, Scope};
use igor_tests::{Bench, Identity, Page, config, failure, result, within};
use serde_json::{Value, json};

use super::{Test, double, serving_to};

/// Says how many seconds are left, rounded up.
#[igor::action("deadlines.left")]
fn left(deadline: Deadline) -> Option<u64> {
    deadline.remaining().map(|left| left.as_secs_f64().ceil() as u64)
}

#[igor::action("deadlines.left_of_hour", timeout = "1h")]
fn left_of_hour(deadline: Deadline) -> Option<u64> {
    left(deadline)
}

#[igor::action("deadlines.short", timeout = "20ms")]
async fn short(bench: Scope<Bench>) {
    let _guard = bench.guard("dropped");
    bench.permit().await;
}

/// Finishes whatever happens.
#[igor::action("deadlines.finish", no_cancel)]
async fn finish(bench: Scope<Bench>, cancelled: Cancelled) -> u32 {
    let _guard = bench.guard("dropped");
    bench.tell("running");
    bench.permit().await;
    bench.tell(format!("finished, cancelled: {}", cancelled.is_set()));
    7
}

/// Works until nobody waits for it.
#[igor::action("deadlines.work", blocking)]
fn work(bench: Scope<Bench>, cancelled: Cancelled) {
    bench.tell("working");
    while !cancelled.is_set() {
        std::thread::yield_now();
    }
    bench.tell("stopped");
}

async fn serving_by(config: Config) -> Test {
    let registry = Registry::new().action::<left>().action::<left_of_hour>().action::<short>();
    let registry = registry.action::<finish>().action::<work>().action::<double>();
    serving_to(Identity::new(), registry, config).await
}

const LATE: &str = "the deadline of the call passed";

#[tokio::test]
async fn of_all_deadlines_the_earliest_counts() {
    let hour = 3_600;
    let bounded = || {
        let mut config = config();
        config.calls.timeout = Some(Duration::from_secs(2 * hour));
        config
    };
    // The server's bound, the caller's, and what an action without one and with an hour have.
    let cases = [
        (config(), None, None, Some(hour)),
        (config(), Some(3 * hour), Some(3 * hour), Some(hour)),
        (config(), Some(900), Some(900), Some(900)),
        (bounded(), None, Some(2 * hour), Some(hour)),
        (bounded(), Some(3 * hour), Some(2 * hour), Some(hour)),
    ];
    for (config, callers, expected, expected_of_hour) in cases {
        let Test { mut page, server: _server, .. } = serving_by(config).await;
        let frame = callers.map_or(json!({}), |callers| json!({ "deadlineMs": callers * 1_000 }));
        for (action, expected) in
            [("deadlines.left", expected), ("deadlines.left_of_hour", expected_of_hour)]
        {
            let id = page.call_with(action, frame.clone()).await;
            let left = page.last(id).await["data"].as_u64();
            // A machine that is busy may take some of it.
            let is_it = match (left, expected) {
                (Some(left), Some(expected)) => (expected - 60..=expected).contains(&left),
                (left, expected) => left == expected,
            };
            assert!(is_it, "{action}: {left:?} of {expected:?}");
        }
    }
}

#[tokio::test]
async fn an_action_has_a_deadline_of_its_own() {
    let Test { mut page, mut heard, server: _server, .. } = serving_by(config()).await;
    assert_eq!(page.ask("deadlines.short", Value::Null).await, failure(408, LATE));
    assert_eq!(heard.next().await, "dropped");
}

#[tokio::test]
async fn the_server_has_a_deadline_for_all() {
    let mut config = config();
    config.calls.timeout = Some(Duration::from_millis(20));
    let Test { mut page, mut heard, server: _server, .. } = serving_by(config).await;
    assert_eq!(page.ask("deadlines.work", Value::Null).await, failure(408, LATE));
    assert_eq!([heard.next().await, heard.next().await], ["working", "stopped"]);
}

#[tokio::test]
async fn an_action_that_blocks_sees_that_nobody_waits() {
    let Test { mut page, mut heard, server: _server, .. } = serving_by(config()).await;
    let id = page.call("deadlines.work", Value::Null).await;
    assert_eq!(heard.next().await, "working");
    page.send(json!({ "streamId": id, "cancel": true })).await;
    assert_eq!(page.last(id).await, failure(499, "the caller cancelled"));
    assert_eq!(heard.next().await, "stopped");
}

#[tokio::test]
async fn work_that_must_finish_is_not_dropped() {
    let Test { server, mut identity, mut page, bench, mut heard } = serving_by(config()).await;
    let end = "finished, cancelled: true";

    let id = page.call("deadlines.finish", Value::Null).await;
    assert_eq!(heard.next().await, "running");
    page.send(json!({ "streamId": id, "cancel": true })).await;
    assert_eq!(page.last(id).await, failure(499, "the caller cancelled"));
    bench.allow(1);
    assert_eq!([heard.next().await, heard.next().await], [end, "dropped"]);

    let id = page.call_with("deadlines.finish", json!({ "deadlineMs": 20 })).await;
    assert_eq!(page.last(id).await, failure(408, LATE));
    assert_eq!(heard.next().await, "running");
    bench.allow(1);
    assert_eq!([heard.next().await, heard.next().await], [end, "dropped"]);

    page.call("deadlines.finish", Value::Null).await;
    assert_eq!(heard.next().await, "running");
    let mut page = Page::load(&server, &mut identity).await;
    bench.allow(1);
    assert_eq!([heard.next().await, heard.next().await], [end, "dropped"]);

    // One that is not disturbed answers like any other.
    bench.allow(1);
    assert_eq!(page.ask("deadlines.finish", Value::Null).await, result(7));
    let rest = [heard.next().await, heard.next().await];
    assert_eq!(rest, ["running", "finished, cancelled: false"]);
    assert!(page.has_none(|_| true).await, "each call has one last frame");
}

#[tokio::test]
async fn work_that_must_finish_counts_until_it_has() {
    let mut config = config();
    config.calls.open = 2;
    let Test { server, mut identity, mut page, bench, mut heard } = serving_by(config).await;
    for end in [json!({ "cancel": true }), json!({})] {
        let id = page.call_with("deadlines.finish", json!({ "deadlineMs": 20 })).await;
        let mut end = end;
        end["streamId"] = json!(id);
        page.send(end).await;
        assert_ne!(page.last(id).await.get("code"), None);
        assert_eq!(heard.next().await, "running");
    }
    // Nobody waits for those two, and a page that is loaded anew has forgotten them.
    for _ in 0..2 {
        let refused = page.ask("deadlines.finish", Value::Null).await;
        assert_eq!(refused["error"], "2 calls of `deadlines.finish` run already");
        assert_eq!(page.ask("calls.double", json!(2)).await, result(4));
        page = Page::load(&server, &mut identity).await;
    }
    bench.allow(3);
    let has_room = async { while page.ask("deadlines.finish", Value::Null).await != result(7) {} };
    within("a place", has_room).await;
}
