//! A call that is quick is answered quickly, whatever goes on beside it.

use std::borrow::Cow;
use std::sync::{Mutex, mpsc};

use igor::__private::schemars::{JsonSchema, Schema, SchemaGenerator};
use igor::__private::ts_rs::{Config, TS};
use igor::serde::ser::{Serialize, SerializeSeq as _, Serializer};
use igor::{Registry, Scope, Server};
use igor_tests::{Bench, Page, Running, config, result};
use serde_json::{Value, json};

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

/// Opens when the test says so.
struct Gate(Mutex<mpsc::Receiver<()>>);

/// A value of more than a slice, which takes as long to be written as the test wants.
struct Large {
    bench: Scope<Bench>,
    gate: Scope<Gate>,
}

impl Serialize for Large {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut parts = serializer.serialize_seq(None)?;
        parts.serialize_element(&"x".repeat(300 << 10))?;
        self.bench.tell("writing");
        let open = self.gate.0.lock().expect("nobody panics with it").recv();
        parts.serialize_element(&open.is_ok())?;
        parts.end()
    }
}

impl TS for Large {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(cfg: &Config) -> String {
        Value::name(cfg)
    }

    fn inline(cfg: &Config) -> String {
        Value::inline(cfg)
    }
}

impl JsonSchema for Large {
    fn schema_name() -> Cow<'static, str> {
        Value::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Value::json_schema(generator)
    }
}

#[igor::action("fairness.large")]
fn large(bench: Scope<Bench>, gate: Scope<Gate>) -> Large {
    Large { bench, gate }
}

#[tokio::test]
async fn a_fast_call_is_not_delayed_by_a_large_result_beside_it() {
    let (bench, mut heard) = Bench::new();
    let (open, gate) = mpsc::channel();
    let registry = Registry::new().action::<large>().action::<double>();
    let server = Server::new(config()).registry(registry).scope(bench).scope(Gate(gate.into()));
    let server = Running::start(server).await;
    let mut page = Page::open(&server).await;
    let id = page.call("fairness.large", Value::Null).await;
    assert_eq!(heard.next().await, "writing");
    assert_eq!(page.ask("calls.double", json!(1)).await, result(2));
    open.send(()).expect("the server holds the gate");
    assert_eq!(page.last(id).await["data"][1], true);
}
