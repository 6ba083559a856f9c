//! Guards: who may call what, decided before anything of the call is read.

use igor::{Client, Handshake, Hub, Identity, Registry, Scope, Server, Session};
use igor_tests::{Bench, Heard, Page, Running, config, failure, result};
use serde_json::json;

use super::double;

#[derive(PartialEq)]
struct User {
    name: String,
}

async fn who(client: Handshake) -> igor::Result<User> {
    Ok(User { name: client.name().unwrap_or("nobody").to_owned() })
}

fn is_ann(user: Identity<User>) -> bool {
    user.name == "ann"
}

/// Waits, and refuses by an error of its own words.
async fn is_known(user: Identity<User>, bench: Scope<Bench>) -> igor::Result<()> {
    bench.permit().await;
    match user.name.as_str() {
        "ann" => Ok(()),
        name => Err(igor::Error::forbidden(format!("`{name}` is not on the list"))),
    }
}

#[igor::data]
#[derive(Debug, thiserror::Error)]
enum PayError {
    #[error("{name} has no credit")]
    NoCredit { name: String },
    #[error("nothing to pay")]
    Nothing,
}

async fn has_credit(client: Client, _hub: Hub, _visits: Session<u32>) -> Result<(), PayError> {
    match client.id().as_str() {
        "ann" => Ok(()),
        name => Err(PayError::NoCredit { name: name.to_owned() }),
    }
}

#[igor::action("guards.delete", guard = is_ann)]
fn delete(room: String, bench: Scope<Bench>) -> String {
    bench.tell("deleted");
    room
}

#[igor::action("guards.enter", guard = is_known, blocking)]
fn enter() -> u32 {
    7
}

#[igor::action("guards.pay", guard = has_credit)]
async fn pay(sum: u32) -> Result<u32, PayError> {
    if sum == 0 { Err(PayError::Nothing) } else { Ok(sum) }
}

mod house {
    pub(super) fn is_open<const OPEN: bool>() -> bool {
        OPEN
    }
}

#[igor::action("guards.closed", guard = house::is_open::<false>)]
fn closed() {}

#[igor::action("guards.open", guard = house::is_open::<true>)]
fn open() {}

fn registry() -> Registry {
    let registry = Registry::new().action::<delete>().action::<enter>().action::<pay>();
    registry.action::<closed>().action::<open>().action::<double>()
}

async fn serving() -> (Running, Bench, Heard) {
    let (bench, heard) = Bench::new();
    let server = Server::new(config()).registry(registry()).scope(bench.clone()).authorize(who);
    (Running::start(server).await, bench, heard)
}

#[tokio::test]
async fn a_guard_refuses_before_data_is_read_and_names_the_action() {
    let (server, _bench, mut heard) = serving().await;
    let mut ann = Page::named(&server, "ann").await;
    let mut bert = Page::named(&server, "bert").await;
    let refused = failure(403, "this client may not call `guards.delete`");
    assert_eq!(bert.ask("guards.delete", json!("lobby")).await, refused);
    // What does not fit is told only to who may call at all.
    assert_eq!(bert.ask("guards.delete", json!(7)).await, refused);
    assert_eq!(ann.ask("guards.delete", json!(7)).await["code"], 422);
    assert_eq!(ann.ask("guards.delete", json!("lobby")).await, result("lobby"));
    assert_eq!(heard.next().await, "deleted");
    assert_eq!(bert.ask("calls.double", json!(2)).await, result(4), "no guard");
}

#[tokio::test]
async fn a_guard_may_wait_and_refuses_in_its_own_words() {
    let (server, bench, _heard) = serving().await;
    let mut ann = Page::named(&server, "ann").await;
    let mut bert = Page::named(&server, "bert").await;
    let waiting = bert.call("guards.enter", json!(null)).await;
    assert_eq!(bert.ask("calls.double", json!(2)).await, result(4), "it holds nobody up");
    bench.allow(1);
    assert_eq!(bert.last(waiting).await, failure(403, "`bert` is not on the list"));
    bench.allow(1);
    assert_eq!(ann.ask("guards.enter", json!(null)).await, result(7));
}

#[tokio::test]
async fn a_guard_refuses_by_the_typed_error_of_the_action() {
    let (server, ..) = serving().await;
    let mut ann = Page::named(&server, "ann").await;
    let mut bert = Page::named(&server, "bert").await;
    let mut expected = failure(450, "bert has no credit");
    expected["data"] = json!({ "NoCredit": { "name": "bert" } });
    assert_eq!(bert.ask("guards.pay", json!(5)).await, expected);
    assert_eq!(ann.ask("guards.pay", json!(5)).await, result(5));
    assert_eq!(ann.ask("guards.pay", json!(0)).await["error"], "nothing to pay");
}

#[tokio::test]
async fn a_guard_is_any_path_to_a_function() {
    let (server, ..) = serving().await;
    let mut page = Page::open(&server).await;
    assert_eq!(page.ask("guards.open", json!(null)).await, result(json!(null)));
    assert_eq!(page.ask("guards.closed", json!(null)).await["code"], 403);
}

#[test]
fn actions_without_a_guard_are_listed_where_others_have_one() {
    let names = |registry: &Registry| -> Vec<_> { registry.unguarded().collect() };
    assert_eq!(names(&registry()), ["calls.double"]);
    assert!(names(&Registry::new().action::<double>()).is_empty(), "nobody has one");
}

#[tokio::test]
async fn a_guard_that_the_server_cannot_ask_is_a_mistake_at_start() {
    let refused = Server::new(config()).registry(registry()).authorize(who).bind().await;
    let text = refused.expect_err("there is no bench").message().to_owned();
    assert!(text.contains("`is_known` of the action `guards.enter` (tests/"), "{text}");
    assert!(text.contains("no scope of type `igor_tests::"), "{text}");
}

fn may_enter(room: String) -> bool {
    room == "lobby"
}

#[igor::action("guards.lobby", guard = may_enter)]
fn lobby(room: String) -> String {
    room
}

#[test]
fn a_guard_that_takes_data_is_a_mistake_of_the_registry() {
    let refused = Registry::new().action::<lobby>().check().expect_err("there is no data yet");
    let text = refused.message();
    assert!(text.contains("`guards.lobby` has a guard, `may_enter`, that takes data"), "{text}");
}
