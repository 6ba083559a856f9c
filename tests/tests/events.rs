//! Events: who hears what, and in which order.

use igor::{Client, ClientId, Hub, Registry, Server};
use igor_tests::{Identity, Page, Running, config, failure, result};
use serde_json::{Value, json};

/// Somebody said something.
#[igor::event("heard.said")]
struct Said {
    who: ClientId,
    text: String,
}

#[igor::event("heard.measured")]
struct Measured {
    value: f64,
}

#[igor::action("heard.say_to_all")]
fn say_to_all(text: String, client: Client, hub: Hub) -> u32 {
    let said = Said { who: client.id().clone(), text };
    hub.all().try_send(&said).expect("it is sendable") as u32
}

#[igor::action("heard.say_to_others")]
fn say_to_others(text: String, client: Client, hub: Hub) {
    hub.except(client.id()).send(&Said { who: client.id().clone(), text });
}

#[igor::action("heard.say_to_one")]
fn say_to_one(to: ClientId, text: String, client: Client, hub: Hub) -> u32 {
    let said = Said { who: client.id().clone(), text };
    hub.client(&to).try_send(&said).expect("it is sendable") as u32
}

#[igor::action("heard.say_to_me")]
fn say_to_me(text: String, client: Client) {
    client.send(&Said { who: client.id().clone(), text });
}

#[igor::action("heard.say_in")]
fn say_in(room: String, text: String, client: Client, hub: Hub) -> Vec<ClientId> {
    hub.room(&room).except(client.id()).send(&Said { who: client.id().clone(), text });
    hub.room(room).members()
}

#[igor::action("heard.join")]
fn join(room: String, client: Client) -> bool {
    client.join(&room)
}

#[igor::action("heard.leave")]
fn leave(room: String, client: Client) -> bool {
    client.leave(&room)
}

#[igor::action("heard.rooms")]
fn rooms(client: Client) -> Vec<String> {
    client.rooms()
}

#[igor::action("heard.count")]
fn count(to: u32, client: Client, hub: Hub) {
    for text in 0..to {
        hub.all().send(&Said { who: client.id().clone(), text: text.to_string() });
    }
}

#[igor::action("heard.measure")]
fn measure(is_number: bool, hub: Hub) -> igor::Result<u32> {
    let value = if is_number { 1.5 } else { f64::NAN };
    Ok(hub.all().try_send(&Measured { value })? as u32)
}

#[igor::action("heard.say_much")]
fn say_much(bytes: u32, client: Client, hub: Hub) -> igor::Result<u32> {
    let said = Said { who: client.id().clone(), text: "x".repeat(bytes as usize) };
    Ok(hub.all().try_send(&said)? as u32)
}

fn registry() -> Registry {
    Registry::new()
        .event::<Said>()
        .event::<Measured>()
        .action::<say_to_all>()
        .action::<say_to_others>()
        .action::<say_to_one>()
        .action::<say_to_me>()
        .action::<say_in>()
        .action::<join>()
        .action::<leave>()
        .action::<rooms>()
        .action::<count>()
        .action::<measure>()
        .action::<say_much>()
}

async fn three() -> (Running, [Page; 3]) {
    let server = Running::serve(registry()).await;
    let pages = [
        Page::named(&server, "ann").await,
        Page::named(&server, "bert").await,
        Page::named(&server, "cleo").await,
    ];
    (server, pages)
}

fn said(who: &str, text: &str) -> Value {
    json!({ "action": "heard.said", "data": { "who": who, "text": text } })
}

async fn assert_silent(page: &mut Page) {
    assert!(page.has_none(|frame| frame["action"] == "heard.said").await);
}

#[tokio::test]
async fn an_event_to_all_is_heard_by_all() {
    let (_server, [mut ann, mut bert, mut cleo]) = three().await;
    assert_eq!(ann.ask("heard.say_to_all", json!("hello")).await, result(3));
    for page in [&mut ann, &mut bert, &mut cleo] {
        assert_eq!(page.event("heard.said").await, said("ann", "hello"));
        assert_silent(page).await;
    }
}

#[tokio::test]
async fn an_event_to_others_is_not_heard_by_the_one_left_out() {
    let (_server, [mut ann, mut bert, mut cleo]) = three().await;
    assert_eq!(ann.ask("heard.say_to_others", json!("hello")).await, result(()));
    assert_eq!(bert.event("heard.said").await, said("ann", "hello"));
    assert_eq!(cleo.event("heard.said").await, said("ann", "hello"));
    assert_silent(&mut ann).await;
}

#[tokio::test]
async fn an_event_to_one_client_is_heard_by_it_alone() {
    let (_server, [mut ann, mut bert, mut cleo]) = three().await;
    let to = |to: &str| json!({ "to": to, "text": "hello" });
    assert_eq!(ann.ask("heard.say_to_one", to("bert")).await, result(1));
    assert_eq!(bert.event("heard.said").await, said("ann", "hello"));
    assert_eq!(ann.ask("heard.say_to_one", to("nobody")).await, result(0));
    assert_silent(&mut ann).await;
    assert_silent(&mut cleo).await;

    assert_eq!(cleo.ask("heard.say_to_me", json!("note")).await, result(()));
    assert_eq!(cleo.event("heard.said").await, said("cleo", "note"));
    assert_silent(&mut bert).await;
}

#[tokio::test]
async fn an_event_to_a_room_is_heard_by_those_who_are_in_it() {
    let (_server, [mut ann, mut bert, mut cleo]) = three().await;
    let in_room = |text: &str| json!({ "room": "lobby", "text": text });
    for page in [&mut ann, &mut bert] {
        assert_eq!(page.ask("heard.join", json!("lobby")).await, result(true));
    }
    assert_eq!(ann.ask("heard.say_in", in_room("1")).await, result(json!(["ann", "bert"])));
    assert_eq!(bert.event("heard.said").await, said("ann", "1"));
    // Who is outside may speak into a room and does not hear it.
    assert_eq!(cleo.ask("heard.say_in", in_room("2")).await, result(json!(["ann", "bert"])));
    assert_eq!(ann.event("heard.said").await, said("cleo", "2"));
    assert_eq!(bert.event("heard.said").await, said("cleo", "2"));
    assert_eq!(bert.ask("heard.leave", json!("lobby")).await, result(true));
    assert_eq!(cleo.ask("heard.say_in", in_room("3")).await, result(json!(["ann"])));
    assert_eq!(ann.event("heard.said").await, said("cleo", "3"));
    for page in [&mut ann, &mut bert, &mut cleo] {
        assert_silent(page).await;
    }
}

#[tokio::test]
async fn a_client_joins_and_leaves_a_room_once() {
    let (_server, [mut ann, mut bert, _cleo]) = three().await;
    assert_eq!(ann.ask("heard.rooms", json!(null)).await, result(json!([])));
    assert_eq!(ann.ask("heard.join", json!("b")).await, result(true));
    assert_eq!(ann.ask("heard.join", json!("b")).await, result(false));
    assert_eq!(ann.ask("heard.join", json!("a")).await, result(true));
    assert_eq!(ann.ask("heard.rooms", json!(null)).await, result(json!(["a", "b"])));
    assert_eq!(bert.ask("heard.rooms", json!(null)).await, result(json!([])));
    assert_eq!(ann.ask("heard.leave", json!("b")).await, result(true));
    assert_eq!(ann.ask("heard.leave", json!("b")).await, result(false));
    assert_eq!(ann.ask("heard.rooms", json!(null)).await, result(json!(["a"])));
}

#[tokio::test]
async fn events_are_heard_in_the_order_of_sending() {
    let (_server, [mut ann, mut bert, _cleo]) = three().await;
    let counting = ann.call("heard.count", json!(5000)).await;
    for text in 0..5000 {
        let text = text.to_string();
        assert_eq!(ann.event("heard.said").await, said("ann", &text));
        assert_eq!(bert.event("heard.said").await, said("ann", &text));
    }
    assert_eq!(ann.last(counting).await, result(()));
}

#[tokio::test]
async fn an_event_is_heard_before_the_result_of_the_call_that_sent_it() {
    let (_server, [mut ann, _bert, _cleo]) = three().await;
    let id = ann.call("heard.say_to_me", json!("first")).await;
    let first = ann.find(|_| true).await;
    assert_eq!(first, said("ann", "first"));
    assert_eq!(ann.last(id).await, result(()));
}

#[tokio::test]
async fn an_event_that_the_wire_cannot_hold_is_sent_to_nobody() {
    let (_server, [mut ann, mut bert, _cleo]) = three().await;
    let text = "`value`: JSON has no number NaN; send the `None` of an `Option`";
    assert_eq!(ann.ask("heard.measure", json!(false)).await, failure(452, text));
    assert_eq!(ann.ask("heard.measure", json!(true)).await, result(3));
    // The first that comes is the second that was sent.
    let measured = json!({ "action": "heard.measured", "data": { "value": 1.5 } });
    assert_eq!(bert.event("heard.measured").await, measured);
}

#[tokio::test]
async fn what_is_no_action_and_no_process_tells_pages_by_the_handle() {
    let (server, [mut ann, mut bert, _cleo]) = three().await;
    let said_by_menu = Said { who: "menu".into(), text: "save".to_owned() };
    server.handle().hub().client(&"bert".into()).send(&said_by_menu);
    assert_eq!(bert.event("heard.said").await, said("menu", "save"));
    assert_silent(&mut ann).await;
}

#[tokio::test]
async fn an_event_over_the_limit_of_a_message_is_sent_to_nobody() {
    let mut config = config();
    config.wire.message_bytes = 10_000;
    let server = Running::start(Server::new(config).registry(registry())).await;
    let mut ann = Page::named(&server, "ann").await;
    let refused = ann.ask("heard.say_much", json!(10_000)).await;
    assert_eq!(refused["code"], 413);
    assert_silent(&mut ann).await;
    assert_eq!(ann.ask("heard.say_much", json!(9_000)).await, result(1));
    assert_eq!(ann.event("heard.said").await["data"]["who"], "ann");
}

#[tokio::test]
async fn a_client_that_comes_back_hears_what_it_belongs_to() {
    let server = Running::serve(registry()).await;
    let mut identity = Identity::named("ann");
    let mut ann = Page::load(&server, &mut identity).await;
    assert_eq!(ann.ask("heard.join", json!("lobby")).await, result(true));
    drop(ann);
    let mut ann = Page::load(&server, &mut identity).await;
    assert_eq!(ann.ask("heard.rooms", json!(null)).await, result(json!(["lobby"])));
    let mut bert = Page::named(&server, "bert").await;
    let members = bert.ask("heard.say_in", json!({ "room": "lobby", "text": "back?" })).await;
    assert_eq!(members, result(json!(["ann"])));
    assert_eq!(ann.event("heard.said").await, said("bert", "back?"));
}
