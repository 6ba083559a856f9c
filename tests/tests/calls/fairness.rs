//! A call that is quick is answered quickly, whatever goes on beside it.

use std::sync::mpsc;

use igor::{Registry, Scope, Server};
use igor_tests::{Bench, Page, Running, config, result};
use serde_json::{Value, json};

use super::large::{Gate, Large};
use super::{Test, double, endless, hold, serving};

#[tokio::test]
async fn a_fast_call_is_not_delayed_by_slow_streams() {
    let registry = Registry::new().action::<endless>().action::<hold>().action::<double>();
    let Test { mut page, bench, server: _server, .. } = serving(registry).await;
    for _ in 0..100 {
        page.call_with("calls.endless", json!({ "credit": 2 })).await;
        page.call("calls.hold", json!("x")).await;
    }
    assert_eq!(page.ask("calls.double", json!(1)).await, result(2));
    // Each stream has made the two that it may send, and one that waits.
    assert!(bench.counted() <= 300, "{}", bench.counted());
}

#[igor::action("fairness.large")]
fn large(bench: Scope<Bench>, gate: Scope<Gate>) -> Large {
    Large::new(bench, gate)
}

#[tokio::test]
async fn a_fast_call_is_not_delayed_by_a_large_result_beside_it() {
    let (bench, mut heard) = Bench::new();
    let (open, gate) = mpsc::channel();
    let registry = Registry::new().action::<large>().action::<double>();
    let server = Server::new(config()).registry(registry).scope(bench).scope(Gate::new(gate));
    let server = Running::start(server).await;
    let mut page = Page::open(&server).await;
    let id = page.call("fairness.large", Value::Null).await;
    assert_eq!(heard.next().await, "writing");
    assert_eq!(page.ask("calls.double", json!(1)).await, result(2));
    open.send(()).expect("the server holds the gate");
    assert_eq!(page.last(id).await["data"][1], true);
}
