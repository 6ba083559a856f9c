//! How calls end, and that they end alone.

use std::sync::mpsc;
use std::thread;

use futures_util::{Stream, StreamExt as _, stream};
use igor::{Output, Registry, Scope, Server, Session};
use igor_tests::{Bench, Page, Running, config, failure, result};
use serde_json::json;

use super::large::{Gate, Large};
use super::{Test, assert_is_internal, double, endless, endless_outputs, hold, serving, visit};

#[tokio::test]
async fn a_cancelled_call_is_dropped_and_has_one_last_frame() {
    let Test { mut page, mut heard, server: _server, .. } =
        serving(Registry::new().action::<hold>().action::<double>()).await;
    let id = page.call("calls.hold", json!("x")).await;
    page.send(json!({ "streamId": id, "cancel": true })).await;
    page.send(json!({ "streamId": id, "cancel": true })).await;
    assert_eq!(page.all(id).await, [failure(499, "the caller cancelled")]);
    assert_eq!(heard.next().await, "hold");
    assert!(page.has_none(|frame| frame["streamId"] == id).await);
    assert_eq!(page.ask("calls.double", json!(1)).await, result(2));
}

#[tokio::test]
async fn a_stream_that_is_left_is_dropped() {
    let registry = Registry::new().action::<endless>().action::<endless_outputs>();
    let Test { mut page, mut heard, server: _server, .. } = serving(registry).await;
    for action in ["endless", "endless_outputs"] {
        // Without credit nothing bounds the stream; it is stopped all the same.
        for frame in [json!({ "credit": 1 }), json!({})] {
            let id = page.call_with(&format!("calls.{action}"), frame).await;
            page.of_call(id).await;
            page.send(json!({ "streamId": id, "cancel": true })).await;
            assert_eq!(page.last(id).await, failure(499, "the caller cancelled"));
            assert_eq!(heard.next().await, action);
            assert!(page.has_none(|frame| frame["streamId"] == id).await);
        }
    }
}

#[tokio::test]
async fn a_call_whose_deadline_passes_is_dropped() {
    let Test { mut page, mut heard, bench, server: _server, .. } =
        serving(Registry::new().action::<hold>().action::<endless>()).await;
    let hold = json!({ "data": "x", "deadlineMs": 10 });
    let id = page.call_with("calls.hold", hold).await;
    let expected = failure(408, "the deadline of the call passed");
    assert_eq!(page.all(id).await, std::slice::from_ref(&expected));
    assert_eq!(heard.next().await, "hold");

    let id = page.call_with("calls.endless", json!({ "credit": 1, "deadlineMs": 10 })).await;
    assert_eq!(page.last(id).await, expected);
    assert_eq!(heard.next().await, "endless");

    for far in [60_000, u64::MAX] {
        bench.allow(1);
        let id = page.call_with("calls.hold", json!({ "data": "x", "deadlineMs": far })).await;
        assert_eq!(page.last(id).await, result("x"));
    }
}

#[igor::action("calls.panic_at_once")]
fn panic_at_once() -> u32 {
    panic!("the secret of the house")
}

#[igor::action("calls.panic_later")]
async fn panic_later() -> u32 {
    tokio::task::yield_now().await;
    panic!("the secret of the house")
}

#[igor::action("calls.panic_blocking", blocking)]
fn panic_blocking() -> u32 {
    panic!("the secret of the house")
}

#[igor::action("calls.panic_in_stream")]
fn panic_in_stream() -> impl Stream<Item = u32> {
    stream::iter(0..2).map(|item| if item == 1 { panic!("the secret") } else { item })
}

#[igor::action("calls.panic_in_session")]
fn panic_in_session(visits: Session<u32>) {
    visits.write(|visits| {
        *visits += 1;
        panic!("the secret of the house")
    })
}

#[tokio::test]
async fn a_panic_ends_its_call_and_nothing_else() {
    let registry = Registry::new()
        .action::<panic_at_once>()
        .action::<panic_later>()
        .action::<panic_blocking>()
        .action::<panic_in_stream>()
        .action::<panic_in_session>()
        .action::<visit>()
        .action::<hold>();
    let Test { mut page, bench, server: _server, .. } = serving(registry).await;
    let beside = page.call("calls.hold", json!("beside")).await;
    for name in ["at_once", "later", "blocking", "in_session"] {
        assert_is_internal(&page.ask(&format!("calls.panic_{name}"), json!(null)).await);
    }
    let id = page.call("calls.panic_in_stream", json!(null)).await;
    assert_eq!(page.of_call(id).await, json!({ "data": 0 }));
    assert_is_internal(&page.of_call(id).await);
    assert_eq!(page.ask("calls.visit", json!(null)).await, result(2));
    bench.allow(1);
    assert_eq!(page.last(beside).await, result("beside"));
}

#[igor::action("calls.block", blocking)]
fn block(bench: Scope<Bench>) {
    while !bench.has_permit() {
        thread::yield_now();
    }
}

#[tokio::test]
async fn a_slow_call_does_not_delay_a_fast_one() {
    let registry = Registry::new().action::<hold>().action::<block>().action::<double>();
    let Test { mut page, bench, server: _server, .. } = serving(registry).await;
    let slow =
        [page.call("calls.hold", json!("slow")).await, page.call("calls.block", json!(null)).await];
    assert_eq!(page.ask("calls.double", json!(4)).await, result(8));
    bench.allow(2);
    for id in slow {
        assert_eq!(page.last(id).await["close"], true);
    }
}

#[tokio::test]
async fn a_call_that_blocks_is_answered_for_when_its_time_is_over() {
    let Test { mut page, bench, server, .. } = serving(Registry::new().action::<block>()).await;
    let late = page.call_with("calls.block", json!({ "deadlineMs": 10 })).await;
    assert_eq!(page.all(late).await, [failure(408, "the deadline of the call passed")]);
    let cancelled = page.call("calls.block", json!(null)).await;
    page.send(json!({ "streamId": cancelled, "cancel": true })).await;
    assert_eq!(page.all(cancelled).await, [failure(499, "the caller cancelled")]);
    // Their threads cannot be stopped; what they return is for nobody.
    bench.allow(2);
    assert!(page.has_none(|frame| frame.get("streamId").is_some()).await);
    server.stop().await;
}

#[tokio::test]
async fn calls_are_answered_as_they_end_and_not_as_they_came() {
    let Test { mut page, bench, server: _server, .. } =
        serving(Registry::new().action::<hold>().action::<double>()).await;
    let first = page.call("calls.hold", json!("first")).await;
    let second = page.call("calls.double", json!(1)).await;
    let ended = page.find(|frame| frame["close"] == true).await;
    assert_eq!(ended["streamId"], second);
    bench.allow(1);
    assert_eq!(page.last(first).await, result("first"));
}

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        if !thread::panicking() {
            panic!("the secret of the house");
        }
    }
}

#[igor::action("calls.hold_bomb")]
async fn hold_bomb() {
    let _bomb = Bomb;
    std::future::pending::<()>().await
}

#[tokio::test]
async fn a_call_that_panics_while_it_is_dropped_is_ended_all_the_same() {
    let registry = Registry::new().action::<hold_bomb>().action::<double>();
    let Test { mut page, server, .. } = serving(registry).await;
    let late = page.call_with("calls.hold_bomb", json!({ "deadlineMs": 10 })).await;
    let passed = failure(408, "the deadline of the call passed");
    assert_eq!(page.all(late).await, [passed]);
    let cancelled = page.call("calls.hold_bomb", json!(null)).await;
    page.send(json!({ "streamId": cancelled, "cancel": true })).await;
    assert_eq!(page.all(cancelled).await, [failure(499, "the caller cancelled")]);
    assert_eq!(page.ask("calls.double", json!(2)).await, result(4));
    server.stop().await;
}

/// Hands its output to a task that sends until it may no longer.
#[igor::action("calls.leave_output")]
async fn leave_output(name: String, output: Output<u32>, bench: Scope<Bench>) -> String {
    let left = bench.clone();
    tokio::spawn(async move {
        let error = loop {
            match output.send(left.count()).await {
                Ok(()) => tokio::task::yield_now().await,
                Err(error) => break error,
            }
        };
        left.tell(error.code().to_string());
    });
    bench.permit().await;
    name
}

#[tokio::test]
async fn an_output_that_outlives_its_call_is_told_so() {
    let Test { mut page, mut heard, bench, server: _server, .. } =
        serving(Registry::new().action::<leave_output>().action::<double>()).await;
    for frame in [json!({ "data": "x", "credit": 1 }), json!({ "data": "x" })] {
        let id = page.call_with("calls.leave_output", frame.clone()).await;
        page.of_call(id).await;
        bench.allow(1);
        assert_eq!(page.last(id).await, result("x"), "{frame}");
        assert_eq!(heard.next().await, "cancelled", "{frame}");
        let id = page.call_with("calls.leave_output", frame.clone()).await;
        page.send(json!({ "streamId": id, "cancel": true })).await;
        assert_eq!(page.last(id).await, failure(499, "the caller cancelled"));
        assert_eq!(heard.next().await, "cancelled", "{frame}");
    }
}

/// Hands its output to a task that sends something which takes long to be written.
#[igor::action("calls.leave_large")]
async fn leave_large(output: Output<Large>, bench: Scope<Bench>, gate: Scope<Gate>) {
    let left = bench.clone();
    tokio::spawn(async move {
        let sent = output.send(Large::new(left.clone(), gate)).await;
        left.tell(if sent.is_ok() { "left" } else { "refused" });
    });
    bench.permit().await;
}

#[tokio::test]
async fn what_was_being_written_when_its_call_ended_does_not_come_behind_the_last_frame() {
    let (bench, mut heard) = Bench::new();
    let (open, gate) = mpsc::channel();
    let registry = Registry::new().action::<leave_large>().action::<double>();
    let server = Server::new(config()).registry(registry);
    let server = Running::start(server.scope(bench.clone()).scope(Gate::new(gate))).await;
    let mut page = Page::open(&server).await;
    let ended_by_itself = page.call("calls.leave_large", json!(null)).await;
    assert_eq!(heard.next().await, "writing");
    bench.allow(1);
    assert_eq!(page.all(ended_by_itself).await, [result(())]);
    open.send(()).expect("the server holds the gate");
    heard.next().await;
    let cancelled = page.call("calls.leave_large", json!(null)).await;
    assert_eq!(heard.next().await, "writing");
    page.send(json!({ "streamId": cancelled, "cancel": true })).await;
    assert_eq!(page.all(cancelled).await, [failure(499, "the caller cancelled")]);
    open.send(()).expect("the server holds the gate");
    heard.next().await;
    assert_eq!(page.ask("calls.double", json!(1)).await, result(2));
    for id in [ended_by_itself, cancelled] {
        assert!(page.has_none(|frame| frame["streamId"] == id).await);
    }
}
