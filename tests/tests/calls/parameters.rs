//! Which functions are actions, and what they take.

use std::thread;

use igor::{Call, Client, Hub, Registry, Scope, Session};
use igor_tests::{Bench, Page, failure, result};
use serde_json::json;

use super::{Test, double, serving, visit};

#[igor::action("calls.plain")]
fn plain() -> String {
    format!("{:?}", thread::current().id())
}

#[igor::action("calls.waiting")]
async fn waiting() -> String {
    tokio::task::yield_now().await;
    "waited".into()
}

#[igor::action("calls.blocking", blocking)]
fn blocking() -> String {
    // No runtime would survive this.
    thread::yield_now();
    format!("{:?}", thread::current().id())
}

#[tokio::test]
async fn plain_async_and_blocking_functions_are_actions() {
    let registry = Registry::new().action::<plain>().action::<waiting>().action::<blocking>();
    let mut test = serving(registry).await;
    let here = format!("{:?}", thread::current().id());
    assert_eq!(test.page.ask("calls.plain", json!(null)).await, result(here.clone()));
    assert_eq!(test.page.ask("calls.waiting", json!(null)).await, result("waited"));
    let there = test.page.ask("calls.blocking", json!(null)).await;
    assert!(there["data"].is_string() && there["data"] != here, "{there} on a thread of its own");
}

#[tokio::test]
async fn an_action_stays_the_plain_function_that_it_is() {
    assert_eq!(add(1, 2), 3);
    assert_eq!(waiting().await, "waited");
    assert_eq!(visit(Session::from(4)), 5);
}

#[igor::action("calls.nothing")]
fn nothing() {}

#[igor::action("calls.add")]
fn add(a: i32, b: i32) -> i32 {
    a + b
}

#[igor::action("calls.greet")]
fn greet(name: String, greeting: Option<String>) -> String {
    format!("{}, {name}", greeting.unwrap_or_else(|| "hello".into()))
}

#[igor::action("calls.maybe")]
fn maybe(number: Option<i32>) -> Option<i32> {
    number
}

#[tokio::test]
async fn an_action_has_no_one_or_several_data_parameters() {
    let registry = Registry::new()
        .action::<nothing>()
        .action::<double>()
        .action::<add>()
        .action::<greet>()
        .action::<maybe>();
    let Test { mut page, server: _server, .. } = serving(registry).await;
    let absent = page.call_with("calls.nothing", json!({})).await;
    assert_eq!(page.last(absent).await, result(()));
    assert_eq!(page.ask("calls.nothing", json!(null)).await, result(()));
    assert_eq!(page.ask("calls.double", json!(21)).await, result(42));
    assert_eq!(page.ask("calls.add", json!({ "b": 2, "a": 1 })).await, result(3));
    assert_eq!(page.ask("calls.greet", json!({ "name": "ann" })).await, result("hello, ann"));
    let both = json!({ "name": "ann", "greeting": "bye" });
    assert_eq!(page.ask("calls.greet", both).await, result("bye, ann"));
    assert_eq!(page.ask("calls.maybe", json!(5)).await, result(5));
    let absent = page.call_with("calls.maybe", json!({})).await;
    assert_eq!(page.last(absent).await, result(()));
}

#[igor::action("calls.shared")]
fn shared(bench: Scope<Bench>) -> u32 {
    bench.count()
}

#[igor::action("calls.me")]
fn me(client: Client) -> String {
    client.id().to_string()
}

#[igor::action("calls.everybody")]
fn everybody(hub: Hub) -> u32 {
    hub.all().members().len() as u32
}

/// A caller who has said who they are.
struct User(String);

impl igor::Param for User {
    fn from_call(call: &Call, _name: &'static str) -> igor::Result<Self> {
        let name = call.session::<Option<String>>().cloned();
        name.map(User).ok_or_else(|| igor::Error::forbidden("sign in first"))
    }
}

#[igor::action("calls.sign_in")]
fn sign_in(name: String, kept: Session<Option<String>>) {
    kept.replace(Some(name));
}

#[igor::action("calls.who_am_i")]
fn who_am_i(user: User, punctuation: String) -> String {
    user.0 + &punctuation
}

#[tokio::test]
async fn the_server_hands_over_session_scope_client_and_hub() {
    let registry =
        Registry::new().action::<visit>().action::<shared>().action::<me>().action::<everybody>();
    let mut test = serving(registry).await;
    let mut other = Page::named(&test.server, "bert").await;
    assert_eq!(test.page.ask("calls.visit", json!(null)).await, result(1));
    assert_eq!(test.page.ask("calls.visit", json!(null)).await, result(2));
    assert_eq!(other.ask("calls.visit", json!(null)).await, result(1));
    assert_eq!(test.page.ask("calls.shared", json!(null)).await, result(1));
    assert_eq!(other.ask("calls.shared", json!(null)).await, result(2));
    assert_eq!(other.ask("calls.me", json!(null)).await, result("bert"));
    let id = test.page.client_id().to_owned();
    assert_eq!(test.page.ask("calls.me", json!(null)).await, result(id));
    assert_eq!(other.ask("calls.everybody", json!(null)).await, result(2));
}

#[tokio::test]
async fn an_extractor_of_the_program_hands_over_or_refuses() {
    let registry = Registry::new().action::<sign_in>().action::<who_am_i>();
    let Test { mut page, server: _server, .. } = serving(registry).await;
    let refused = failure(403, "sign in first");
    assert_eq!(page.ask("calls.who_am_i", json!("!")).await, refused);
    assert_eq!(page.ask("calls.sign_in", json!("ann")).await, result(()));
    assert_eq!(page.ask("calls.who_am_i", json!("!")).await, result("ann!"));
}
