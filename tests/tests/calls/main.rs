//! Actions as functions: what they take, what they return, how they end.

mod ahead;
mod bounds;
mod credit;
mod deadlines;
mod endings;
mod fairness;
mod guards;
mod inputs;
mod large;
mod layers;
mod parameters;
mod replies;
mod requests;

use futures_util::{Stream, StreamExt as _, stream};
use igor::{Config, Output, Registry, Scope, Server};
use igor_tests::{Bench, Heard, Identity, Page, Running, config};
use serde_json::Value;

/// A server with a bench, and a page on it.
struct Test {
    page: Page,
    /// Who the page is, for when it comes back.
    identity: Identity,
    bench: Bench,
    heard: Heard,
    /// Ends with the test.
    server: Running,
}

async fn serving(registry: Registry) -> Test {
    serving_to(Identity::new(), registry, config()).await
}

async fn serving_to(mut identity: Identity, registry: Registry, config: Config) -> Test {
    let (bench, heard) = Bench::new();
    let server = Server::new(config).registry(registry).scope(bench.clone());
    let server = Running::start(server).await;
    let page = Page::load(&server, &mut identity).await;
    Test { page, identity, bench, heard, server }
}

#[igor::action("calls.double")]
fn double(number: i32) -> i32 {
    number * 2
}

#[igor::action("calls.visit")]
fn visit(visits: igor::Session<u32>) -> u32 {
    visits.write(|visits| {
        *visits += 1;
        *visits
    })
}

#[igor::action("calls.hold")]
async fn hold(name: String, bench: Scope<Bench>) -> String {
    let _guard = bench.guard("hold");
    bench.permit().await;
    name
}

#[igor::action("calls.up_to")]
fn up_to(end: u32) -> impl Stream<Item = u32> {
    stream::iter(0..end)
}

#[igor::action("calls.endless")]
fn endless(bench: Scope<Bench>) -> impl Stream<Item = u32> {
    let guard = bench.guard("endless");
    stream::repeat(()).map(move |()| {
        let _held = &guard;
        bench.count()
    })
}

#[igor::action("calls.endless_outputs")]
async fn endless_outputs(bench: Scope<Bench>, output: Output<u32>) -> igor::Result<()> {
    let _guard = bench.guard("endless_outputs");
    loop {
        output.send(bench.count()).await?;
    }
}

#[igor::action("calls.with_progress")]
async fn with_progress(steps: u32, progress: Output<String>) -> igor::Result<u32> {
    for step in 0..steps {
        progress.send(format!("step {step}")).await?;
    }
    Ok(steps)
}

fn assert_is_internal(frame: &Value) {
    assert_eq!(frame["code"], 500);
    assert_eq!(frame["close"], true);
    let text = frame["error"].as_str().unwrap_or_default();
    let id = text.strip_prefix("internal error ").unwrap_or_else(|| panic!("{frame}"));
    assert!(id.len() == 16 && id.chars().all(|c| c.is_ascii_hexdigit()), "{frame}");
    assert_eq!(frame.as_object().map(|members| members.len()), Some(3), "nothing else: {frame}");
}
