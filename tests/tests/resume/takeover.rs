//! Who may take over a session, and from whom.

use igor_tests::{Identity, Page, Socket, failure, result};
use serde_json::json;

use super::{Test, greeted, serving};

fn refusal() -> serde_json::Value {
    let mut refusal = failure(403, "the session belongs to another key");
    refusal["action"] = json!("igor.welcome");
    refusal
}

#[tokio::test]
async fn a_socket_that_seems_to_be_open_is_taken_over_at_once() {
    let Test { server, bench, mut heard } = serving().await;
    let mut identity = Identity::new();
    let mut page = Page::load(&server, &mut identity).await;
    let call = page.call("resume.count", json!(null)).await;
    assert_eq!(heard.next().await, "running");
    // To the server nothing is wrong with the old socket: it was neither closed nor silent.
    let mut old = page.resume(&server, &mut identity).await;
    old.try_send(json!({ "n": 2, "streamId": 2, "action": "resume.count" })).await;
    assert_eq!(old.closed().await, 4409);
    bench.allow(2);
    assert_eq!(page.last(call).await, result(1));
    // What came over the old socket was not received, so that its number is still the next.
    let next = page.call("resume.count", json!(null)).await;
    assert_eq!(page.last(next).await, result(2));
}

#[tokio::test]
async fn a_stale_hello_after_a_newer_one_closes_only_its_own_socket() {
    let Test { server, .. } = serving().await;
    let mut identity = Identity::new();
    let mut page = Page::load(&server, &mut identity).await;
    let stale = identity.hello_to_resume(0);
    let (newer, welcome) = greeted(&server, identity.hello_to_resume(0)).await;
    assert_eq!(welcome["data"]["resumed"], true);
    let mut socket = Socket::open(&server).await;
    socket.send(stale).await;
    assert_eq!(socket.closed().await, 4409);
    page.socket = newer;
    assert!(page.has_none(|_| true).await);
}

#[tokio::test]
async fn a_lost_welcome_costs_nothing() {
    let Test { server, bench, .. } = serving().await;
    let mut identity = Identity::new();
    let mut page = Page::load(&server, &mut identity).await;
    for _ in 0..3 {
        drop(greeted(&server, identity.hello_to_resume(0)).await);
    }
    page.resume(&server, &mut identity).await;
    bench.allow(1);
    let call = page.call("resume.count", json!(null)).await;
    assert_eq!(page.last(call).await, result(1));
}

#[tokio::test]
async fn a_stolen_session_is_of_no_use_without_its_key() {
    let Test { server, .. } = serving().await;
    let mut identity = Identity::new();
    let mut page = Page::load(&server, &mut identity).await;
    let mut thief = identity.clone();
    thief.key = Identity::new().key;
    let (mut socket, refused) = greeted(&server, thief.hello_to_resume(0)).await;
    assert_eq!(refused, refusal());
    assert_eq!(socket.closed().await, 4403);
    assert!(page.has_none(|_| true).await);
    page.resume(&server, &mut identity).await;
}

#[tokio::test]
async fn a_key_that_was_replaced_is_of_no_use_once_the_new_one_was_seen() {
    let Test { server, .. } = serving().await;
    let mut identity = Identity::new();
    let mut page = Page::load(&server, &mut identity).await;
    let mut thief = identity.clone();
    page.resume(&server, &mut identity).await;
    // An answer to something behind the acknowledgement shows that this was read.
    assert!(page.has_none(|_| true).await);
    thief.attempt += 10;
    let (_, refused) = greeted(&server, thief.hello_to_resume(0)).await;
    assert_eq!(refused, refusal());
    page.resume(&server, &mut identity).await;
}

#[tokio::test]
async fn a_client_that_lacks_what_it_had_acknowledged_does_not_go_on() {
    let Test { server, bench, .. } = serving().await;
    let mut identity = Identity::new();
    let mut page = Page::load(&server, &mut identity).await;
    bench.allow(1);
    let call = page.call("resume.count", json!(null)).await;
    page.last(call).await;
    // Calls carry what was received.
    assert!(page.has_none(|_| true).await);
    let (_, welcome) = greeted(&server, identity.hello_to_resume(0)).await;
    assert_eq!(welcome["data"]["resumed"], false);
    assert_eq!(welcome["data"]["reason"], "the server no longer has what the client lacks");
}
