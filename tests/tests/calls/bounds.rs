//! Bounds on how often, and how many at once, one client calls an action.

use futures_util::{Stream, stream};
use igor::{Cancelled, Registry, Scope};
use igor_tests::{Bench, Page, failure, result, within};
use serde_json::{Value, json};

use super::{Test, double};

/// So rarely that no test waits for the next.
#[igor::action("bounds.rare", rate = "3/2h")]
fn rare() -> u32 {
    1
}

#[igor::action("bounds.often", rate = "1/20ms")]
fn often() -> u32 {
    1
}

#[igor::action("bounds.hold", concurrency = 2)]
async fn hold(bench: Scope<Bench>) {
    let _guard = bench.guard("dropped");
    bench.permit().await;
}

#[igor::action("bounds.items", concurrency = 1)]
fn items(bench: Scope<Bench>) -> impl Stream<Item = u32> {
    stream::unfold(bench, |bench| async move {
        bench.permit().await;
        Some((1, bench))
    })
}

/// Works on although nobody waits for it, until the test lets it end.
#[igor::action("bounds.work", concurrency = 1, blocking)]
fn work(bench: Scope<Bench>, cancelled: Cancelled) {
    bench.tell("working");
    while !(cancelled.is_set() && bench.has_permit()) {
        std::thread::yield_now();
    }
}

async fn serving() -> Test {
    let registry = Registry::new().action::<rare>().action::<often>().action::<hold>();
    super::serving(registry.action::<items>().action::<work>().action::<double>()).await
}

/// The refusal without when to try again, and that.
fn refused(mut frame: Value) -> (Value, u64) {
    let retry_after = frame["retryAfterMs"].as_u64();
    frame.as_object_mut().expect("a frame").remove("retryAfterMs");
    (frame, retry_after.expect("when to try again"))
}

fn busy(most: u32, action: &str) -> (Value, u64) {
    (failure(429, &format!("{most} calls of `{action}` run already")), 100)
}

#[tokio::test]
async fn calls_over_the_rate_are_told_when_to_try_again() {
    let Test { server, mut identity, mut page, .. } = serving().await;
    for _ in 0..3 {
        assert_eq!(page.ask("bounds.rare", json!(null)).await, result(1));
    }
    let (frame, retry_after) = refused(page.ask("bounds.rare", json!(null)).await);
    assert_eq!(frame, failure(429, "`bounds.rare` may be called 3 times in 7200s"));
    // A third of the time, less what has passed.
    assert!((1..=2_400_000).contains(&retry_after), "{retry_after}");

    assert_eq!(page.ask("calls.double", json!(2)).await, result(4), "another action");
    let mut other = Page::open(&server).await;
    assert_eq!(other.ask("bounds.rare", json!(null)).await, result(1), "another client");
    let mut again = Page::load(&server, &mut identity).await;
    assert_eq!(again.ask("bounds.rare", json!(null)).await["code"], 429, "a reload is no new one");
}

#[tokio::test]
async fn who_waits_as_long_as_told_may_call_again() {
    let Test { mut page, server: _server, .. } = serving().await;
    let mut done = 0;
    while done < 3 {
        let ended = page.ask("bounds.often", json!(null)).await;
        if ended == result(1) {
            done += 1;
            continue;
        }
        let (_, retry_after) = refused(ended);
        tokio::time::sleep(std::time::Duration::from_millis(retry_after)).await;
        assert_eq!(page.ask("bounds.often", json!(null)).await, result(1));
        done += 1;
    }
}

#[tokio::test]
async fn so_many_calls_of_a_client_run_at_once() {
    let Test { mut page, bench, mut heard, server, .. } = serving().await;
    let first = page.call("bounds.hold", json!(null)).await;
    let second = page.call("bounds.hold", json!(null)).await;
    let third = page.ask("bounds.hold", json!(null)).await;
    assert_eq!(refused(third), busy(2, "bounds.hold"));

    let mut other = Page::open(&server).await;
    let others = other.call("bounds.hold", json!(null)).await;
    bench.allow(3);
    for (page, id) in [(&mut page, first), (&mut other, others)] {
        assert_eq!(page.last(id).await, result(json!(null)));
    }
    assert_eq!(page.last(second).await, result(json!(null)));

    // Whichever way they end, they make room.
    for _ in 0..3 {
        assert_eq!(heard.next().await, "dropped");
    }
    for id in
        [page.call("bounds.hold", json!(null)).await, page.call("bounds.hold", json!(null)).await]
    {
        page.send(json!({ "streamId": id, "cancel": true })).await;
        assert_eq!(heard.next().await, "dropped");
    }
    // Their places go behind what they held, which may be a moment later.
    bench.allow(1);
    let has_room = async { while page.ask("bounds.hold", json!(null)).await["code"] == 429 {} };
    within("a place", has_room).await;
}

#[tokio::test]
async fn a_stream_counts_until_its_end() {
    let Test { mut page, bench, server: _server, .. } = serving().await;
    let id = page.call("bounds.items", json!(null)).await;
    bench.allow(1);
    assert_eq!(page.of_call(id).await, json!({ "data": 1 }));
    assert_eq!(refused(page.ask("bounds.items", json!(null)).await), busy(1, "bounds.items"));
}

#[tokio::test]
async fn a_thread_counts_until_it_ends_although_its_call_is_over() {
    let Test { mut page, bench, mut heard, server: _server, .. } = serving().await;
    let id = page.call("bounds.work", json!(null)).await;
    assert_eq!(heard.next().await, "working");
    page.send(json!({ "streamId": id, "cancel": true })).await;
    assert_eq!(page.last(id).await["code"], 499);
    // The task of the call is gone once the next round trip is done; the thread is not.
    for _ in 0..10 {
        assert_eq!(refused(page.ask("bounds.work", json!(null)).await), busy(1, "bounds.work"));
    }
    bench.allow(1);
}
