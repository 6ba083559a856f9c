//! Layers: what stands around every call of a server.

use igor::{Call, Code, Error, Next, Registry, Replied, Server};
use igor_tests::{Bench, Heard, Page, Running, config, failure, result};
use serde_json::json;

use super::{assert_is_internal, double, endless_outputs, hold, up_to};

#[igor::action("layers.panic")]
fn panics() -> u32 {
    panic!("on purpose");
}

#[igor::action("layers.limited", concurrency = 1)]
async fn limited(bench: igor::Scope<Bench>) {
    bench.permit().await;
}

#[igor::data]
#[derive(Debug, thiserror::Error)]
#[error("no")]
struct No;

#[igor::action("layers.no")]
async fn no() -> Result<(), No> {
    Err(No)
}

/// A server whose layers tell what passes: `a` outside of `b`.
async fn serving() -> (Running, Bench, Heard) {
    let (bench, heard) = Bench::new();
    let registry = Registry::new().action::<double>().action::<up_to>().action::<hold>();
    let registry = registry.action::<panics>().action::<no>().action::<limited>();
    let registry = registry.action::<endless_outputs>();
    let mut server = Server::new(config()).registry(registry).scope(bench.clone());
    for layer in ["a", "b"] {
        let bench = bench.clone();
        server = server.layer(move |call, next| tell(layer, bench.clone(), call, next));
    }
    (Running::start(server).await, bench, heard)
}

async fn tell(layer: &'static str, bench: Bench, call: Call, next: Next) -> igor::Result<Replied> {
    bench.tell(format!("{layer}: {} by {}", call.action(), call.client().id()));
    let _guard = bench.guard(if layer == "a" { "a gone" } else { "b gone" });
    let ended = next.run(call).await;
    bench.tell(match &ended {
        Ok(replied) => format!("{layer}: {:?}, {} bytes", replied.code(), replied.bytes()),
        Err(error) => format!("{layer}: {}", error.code()),
    });
    ended
}

async fn words<const COUNT: usize>(heard: &mut Heard) -> [String; COUNT] {
    let mut words = [const { String::new() }; COUNT];
    for word in &mut words {
        *word = heard.next().await;
    }
    words
}

#[tokio::test]
async fn layers_see_each_call_from_its_beginning_to_its_end() {
    let (server, _bench, mut heard) = serving().await;
    let mut page = Page::named(&server, "ann").await;
    assert_eq!(page.ask("calls.double", json!(21)).await, result(42));
    // `"streamId":1,"data":42,"close":true}.
    let expected = [
        "a: calls.double by ann",
        "b: calls.double by ann",
        "b: None, 36 bytes",
        "b gone",
        "a: None, 36 bytes",
        "a gone",
    ];
    assert_eq!(words(&mut heard).await, expected);

    let id = page.call("calls.up_to", json!(2)).await;
    assert_eq!(page.all(id).await.len(), 3);
    assert_eq!(words::<6>(&mut heard).await[2], "b: None, 26 bytes", "the end of a stream");
}

#[tokio::test]
async fn layers_see_every_kind_of_failure() {
    let (server, bench, mut heard) = serving().await;
    let mut page = Page::open(&server).await;
    assert_eq!(page.ask("layers.no", json!(null)).await["code"], 450);
    let seen = words::<6>(&mut heard).await;
    assert!(seen[2].starts_with("b: Some(ActionFailed), "), "{seen:?}");

    assert_is_internal(&{
        let id = page.call("layers.panic", json!(null)).await;
        page.last(id).await
    });
    assert_eq!(words::<6>(&mut heard).await[2], "b: internal");
    assert_eq!(page.ask("calls.double", json!("two")).await["code"], 422);
    assert_eq!(words::<6>(&mut heard).await[2], "b: bad_data");

    let first = page.call("layers.limited", json!(null)).await;
    words::<2>(&mut heard).await;
    assert_eq!(page.ask("layers.limited", json!(null)).await["code"], 429);
    assert_eq!(words::<6>(&mut heard).await[2], "b: overloaded");
    bench.allow(1);
    assert_eq!(page.last(first).await, result(json!(null)));
}

#[tokio::test]
async fn a_call_that_is_cancelled_drops_its_layers() {
    let (server, _bench, mut heard) = serving().await;
    let mut page = Page::named(&server, "ann").await;
    let id = page.call("calls.hold", json!("x")).await;
    assert_eq!(words(&mut heard).await, ["a: calls.hold by ann", "b: calls.hold by ann"]);
    page.send(json!({ "streamId": id, "cancel": true })).await;
    assert_eq!(page.last(id).await, failure(499, "the caller cancelled"));
    assert_eq!(words(&mut heard).await, ["hold", "b gone", "a gone"]);
}

#[tokio::test]
async fn a_layer_refuses_in_place_of_the_action() {
    async fn refuse(call: Call, next: Next) -> igor::Result<Replied> {
        if call.action() == "calls.double" {
            return Err(Error::new(Code::Forbidden, "no arithmetic today"));
        }
        next.run(call).await
    }
    let registry = Registry::new().action::<double>().action::<up_to>();
    let server = Running::start(Server::new(config()).registry(registry).layer(refuse)).await;
    let mut page = Page::open(&server).await;
    assert_eq!(page.ask("calls.double", json!(1)).await, failure(403, "no arithmetic today"));
    assert_eq!(page.ask("calls.up_to", json!(0)).await, json!({ "close": true }));
}

#[tokio::test]
async fn a_layer_that_panics_before_it_gives_a_future_ends_its_call_alone() {
    let panics = |call: Call, next: Next| {
        assert_ne!(call.action(), "layers.panic", "on purpose");
        next.run(call)
    };
    let registry = Registry::new().action::<double>().action::<panics>().action::<hold>();
    let (bench, _heard) = Bench::new();
    let server = Server::new(config()).registry(registry).scope(bench.clone());
    let server = Running::start(server.layer(panics)).await;
    let mut page = Page::open(&server).await;
    let beside = page.call("calls.hold", json!("beside")).await;
    assert_is_internal(&page.ask("layers.panic", json!(null)).await);
    bench.allow(1);
    assert_eq!(page.last(beside).await, result("beside"));
    assert_eq!(server.handle().stats().open_calls, 0);
}
