//! Sessions: what a client keeps over its sockets and pages, and what others cannot take.

use std::time::Duration;

use igor::{Config, Hub, Output, PresenceChange, Registry, Scope, Server, Session};
use igor_tests::{Bench, Heard, Identity, Page, Running, Socket, config, failure, result};
use serde_json::{Value, json};

#[igor::action("sessions.visit")]
fn visit(visits: Session<u32>) -> u32 {
    visits.write(|visits| {
        *visits += 1;
        *visits
    })
}

/// Tells that it runs, waits for a permit, and tells when it is dropped.
#[igor::action("sessions.hold")]
async fn hold(bench: Scope<Bench>, output: Output<u32>) -> igor::Result<u32> {
    let _guard = bench.guard("dropped");
    bench.tell("running");
    bench.permit().await;
    output.send(1).await?;
    Ok(2)
}

/// Waits until some client has left.
#[igor::action("sessions.see_off")]
async fn see_off(hub: Hub, output: Output<u32>) -> igor::Result<String> {
    let mut presence = hub.presence();
    output.send(0).await?;
    loop {
        if let Some(PresenceChange::Left(id)) = presence.next().await {
            return Ok(id.to_string());
        }
    }
}

fn registry() -> Registry {
    Registry::new().action::<visit>().action::<hold>().action::<see_off>()
}

struct Test {
    server: Running,
    bench: Bench,
    heard: Heard,
}

async fn serving() -> Test {
    serving_by(config()).await
}

async fn serving_by(config: Config) -> Test {
    let (bench, heard) = Bench::new();
    let server = Server::new(config).registry(registry()).scope(bench.clone());
    Test { server: Running::start(server).await, bench, heard }
}

async fn visit_by(page: &mut Page) -> Value {
    page.ask("sessions.visit", json!(null)).await["data"].clone()
}

/// The answer to a hello on a socket of its own.
async fn greeted(server: &Running, hello: Value) -> (Socket, Value) {
    let mut socket = Socket::open(server).await;
    socket.send(hello).await;
    let welcome = socket.frame().await;
    (socket, welcome)
}

fn refusal(text: &str) -> Value {
    let mut refusal = failure(403, text);
    refusal["action"] = json!("igor.welcome");
    refusal
}

#[tokio::test]
async fn a_client_that_comes_back_within_the_grace_finds_its_session() {
    let Test { server, .. } = serving().await;
    let mut identity = Identity::new();
    let mut page = Page::load(&server, &mut identity).await;
    assert_eq!(page.welcome["resumed"], false);
    assert_eq!(page.welcome["reason"], "a new session");
    assert_eq!(visit_by(&mut page).await, 1);
    let id = page.client_id().to_owned();
    drop(page);
    let mut page = Page::load(&server, &mut identity).await;
    assert_eq!(page.welcome["resumed"], false);
    assert_eq!(page.welcome["reason"], "a new page");
    assert_eq!(page.client_id(), id);
    assert_eq!(visit_by(&mut page).await, 2);
}

#[tokio::test]
async fn a_client_that_comes_back_after_the_grace_begins_anew() {
    let mut config = config();
    config.session.grace = Duration::from_millis(20);
    let Test { server, .. } = serving_by(config).await;
    let mut witness = Page::open(&server).await;
    assert_eq!(witness.welcome["graceMs"], 20);
    let mut identity = Identity::named("ann");
    let mut page = Page::load(&server, &mut identity).await;
    assert_eq!(visit_by(&mut page).await, 1);
    let seeing_off = witness.call("sessions.see_off", json!(null)).await;
    witness.of_call(seeing_off).await;
    drop(page);
    assert_eq!(witness.last(seeing_off).await, result("ann"));
    let mut page = Page::load(&server, &mut identity).await;
    assert_eq!(page.welcome["reason"], "a new session");
    assert_eq!(visit_by(&mut page).await, 1);
}

#[tokio::test]
async fn without_any_grace_a_session_ends_with_its_socket() {
    let mut config = config();
    config.session.grace = Duration::ZERO;
    let Test { server, .. } = serving_by(config).await;
    let mut witness = Page::open(&server).await;
    let seeing_off = witness.call("sessions.see_off", json!(null)).await;
    witness.of_call(seeing_off).await;
    drop(Page::named(&server, "ann").await);
    assert_eq!(witness.last(seeing_off).await, result("ann"));
}

#[tokio::test]
async fn clients_without_a_name_get_different_ones() {
    let Test { server, .. } = serving().await;
    let (one, other) = (Page::open(&server).await, Page::open(&server).await);
    assert!(!one.client_id().is_empty());
    assert_ne!(one.client_id(), other.client_id());
}

#[tokio::test]
async fn a_name_that_is_taken_is_refused() {
    let Test { server, .. } = serving().await;
    let mut identity = Identity::named("ann");
    let page = Page::load(&server, &mut identity).await;
    assert_eq!(page.client_id(), "ann");
    let expected = refusal("the name `ann` belongs to another client");
    let (mut socket, refused) = greeted(&server, Identity::named("ann").hello()).await;
    assert_eq!(refused, expected);
    assert_eq!(socket.closed().await, 4403);
    // It is kept for its owner while they are away.
    drop(page);
    let (_, refused) = greeted(&server, Identity::named("ann").hello()).await;
    assert_eq!(refused, expected);
    assert_eq!(Page::load(&server, &mut identity).await.client_id(), "ann");
}

#[tokio::test]
async fn a_client_that_takes_another_name_begins_another_session() {
    let Test { server, .. } = serving().await;
    let mut identity = Identity::named("ann");
    let mut page = Page::load(&server, &mut identity).await;
    assert_eq!(visit_by(&mut page).await, 1);
    identity.name = Some("anna".into());
    let mut page = Page::load(&server, &mut identity).await;
    assert_eq!((page.client_id(), &page.welcome["reason"]), ("anna", &json!("a new session")));
    assert_eq!(visit_by(&mut page).await, 1);
    // The first name is free again.
    assert_eq!(Page::named(&server, "ann").await.client_id(), "ann");
}

#[tokio::test]
async fn a_name_that_is_taken_costs_nobody_their_session() {
    let Test { server, .. } = serving().await;
    let _ann = Page::named(&server, "ann").await;
    let mut identity = Identity::named("bert");
    let mut bert = Page::load(&server, &mut identity).await;
    assert_eq!(visit_by(&mut bert).await, 1);
    identity.name = Some("ann".into());
    let (_, refused) = greeted(&server, identity.hello()).await;
    assert_eq!(refused, refusal("the name `ann` belongs to another client"));
    assert_eq!(visit_by(&mut bert).await, 2);
}

#[tokio::test]
async fn a_session_is_refused_to_another_key() {
    let Test { server, .. } = serving().await;
    let mut identity = Identity::new();
    let mut page = Page::load(&server, &mut identity).await;
    let mut thief = Identity { session: identity.session.clone(), ..Identity::new() };
    thief.attempt = 100;
    let (mut socket, refused) = greeted(&server, thief.hello()).await;
    assert_eq!(refused, refusal("the session belongs to another key"));
    assert_eq!(socket.closed().await, 4403);
    // Neither its socket nor its next attempt is touched by that.
    assert_eq!(visit_by(&mut page).await, 1);
    assert_eq!(visit_by(&mut Page::load(&server, &mut identity).await).await, 2);
}

#[tokio::test]
async fn an_old_key_is_good_until_the_new_one_is_known_to_have_arrived() {
    let Test { server, .. } = serving().await;
    let mut identity = Identity::new();
    let first_key = identity.key.clone();
    // The welcome is lost on its way; the client comes back with the key that it has.
    drop(greeted(&server, identity.hello()).await);
    let (mut socket, welcome) = greeted(&server, identity.hello()).await;
    assert_eq!(welcome["data"]["reason"], "a new page");
    let second_key = welcome["data"]["key"].as_str().unwrap_or_default().to_owned();
    assert_ne!(second_key, first_key);
    // The first frame with an ack shows that it arrived; a call behind it, that this was read.
    socket.send(json!({ "ack": 0 })).await;
    socket.send(json!({ "n": 1, "streamId": 1, "action": "sessions.visit" })).await;
    assert_eq!(socket.frame().await["data"], 1);

    let (_, refused) = greeted(&server, identity.hello()).await;
    assert_eq!(refused, refusal("the session belongs to another key"));
    identity.key = second_key;
    let mut page = Page::load(&server, &mut identity).await;
    assert_eq!(visit_by(&mut page).await, 2);
}

#[tokio::test]
async fn an_attempt_that_is_not_above_the_last_closes_its_own_socket_only() {
    let Test { server, .. } = serving().await;
    let mut identity = Identity::new();
    let mut page = Page::load(&server, &mut identity).await;
    for late in [identity.attempt, identity.attempt - 1] {
        let mut late = Identity { attempt: late, ..identity.clone() };
        late.page = "page-late".into();
        let mut socket = Socket::open(&server).await;
        socket.send(late.hello_again()).await;
        assert_eq!(socket.closed().await, 4409);
    }
    assert_eq!(visit_by(&mut page).await, 1);
    // And the next is good.
    assert_eq!(visit_by(&mut Page::load(&server, &mut identity).await).await, 2);
}

#[tokio::test]
async fn a_newer_socket_takes_over_from_one_that_is_still_open() {
    let mut test = serving().await;
    let mut identity = Identity::new();
    let mut old = Page::load(&test.server, &mut identity).await;
    assert_eq!(visit_by(&mut old).await, 1);
    let _held = old.call("sessions.hold", json!(null)).await;
    assert_eq!(test.heard.next().await, "running");

    let mut new = Page::load(&test.server, &mut identity).await;
    assert_eq!(test.heard.next().await, "dropped", "calls end with their page");
    assert_eq!(old.socket.closed().await, 4409);
    assert_eq!(visit_by(&mut new).await, 2);
    // Nothing of the call before comes to the page that knows nothing of it.
    test.bench.allow(1);
    assert!(new.has_none(|_| true).await);
}

#[tokio::test]
async fn a_call_of_a_client_that_is_away_goes_on_until_its_grace_is_over() {
    let mut config = config();
    config.session.grace = Duration::from_millis(20);
    let mut test = serving_by(config).await;
    let mut page = Page::open(&test.server).await;
    page.call("sessions.hold", json!(null)).await;
    assert_eq!(test.heard.next().await, "running");
    drop(page);
    assert_eq!(test.heard.next().await, "dropped");
}

#[tokio::test]
async fn a_socket_that_is_closed_in_order_keeps_its_session_too() {
    let Test { server, .. } = serving().await;
    let mut identity = Identity::new();
    let mut page = Page::load(&server, &mut identity).await;
    assert_eq!(visit_by(&mut page).await, 1);
    page.socket.close().await;
    let mut page = Page::load(&server, &mut identity).await;
    assert_eq!(visit_by(&mut page).await, 2);
    // A page that is left says 1001, and may be loaded again; 1000 comes from anything in between.
    for (number, visits) in [(1000, 3), (1001, 4), (4440, 5), (4442, 6)] {
        page.socket.close_with(number).await;
        page = Page::load(&server, &mut identity).await;
        assert_eq!(visit_by(&mut page).await, visits, "after {number}");
    }
}

#[tokio::test]
async fn a_client_that_is_closed_for_good_takes_its_session_with_it() {
    let mut test = serving().await;
    let mut witness = Page::open(&test.server).await;
    let mut identity = Identity::named("ann");
    for number in [4400, 4410, 4413] {
        let mut page = Page::load(&test.server, &mut identity).await;
        assert_eq!(visit_by(&mut page).await, 1, "it begins anew");
        page.call("sessions.hold", json!(null)).await;
        assert_eq!(test.heard.next().await, "running");
        let seeing_off = witness.call("sessions.see_off", json!(null)).await;
        witness.of_call(seeing_off).await;
        page.socket.close_with(number).await;
        assert_eq!(witness.last(seeing_off).await, result("ann"));
        assert_eq!(test.heard.next().await, "dropped");
        // Its name is free for whoever wants it.
        let mut other = Page::named(&test.server, "ann").await;
        other.socket.close_with(4410).await;
    }
}

#[tokio::test]
async fn a_socket_that_was_superseded_ends_no_session() {
    let Test { server, .. } = serving().await;
    let mut identity = Identity::new();
    let mut page = Page::load(&server, &mut identity).await;
    assert_eq!(visit_by(&mut page).await, 1);
    let mut before = page.resume(&server, &mut identity).await;
    before.close_with(4410).await;
    assert_eq!(visit_by(&mut page).await, 2);
    drop(page);
    assert_eq!(visit_by(&mut Page::load(&server, &mut identity).await).await, 3);
}

#[tokio::test]
async fn more_clients_than_there_may_be_are_told_to_come_back() {
    let mut config = config();
    config.session.clients = 1;
    let Test { server, .. } = serving_by(config).await;
    let mut identity = Identity::new();
    let page = Page::load(&server, &mut identity).await;
    let (mut socket, refused) = greeted(&server, Identity::new().hello()).await;
    let mut expected = failure(429, "the server has 1 clients already");
    expected["action"] = json!("igor.welcome");
    expected["retryAfterMs"] = json!(10_000);
    assert_eq!(refused, expected);
    assert_eq!(socket.closed().await, 4429);
    // The one that is there may come back.
    drop(page);
    assert_eq!(Page::load(&server, &mut identity).await.welcome["reason"], "a new page");
}
