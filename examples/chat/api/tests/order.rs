//! What is said at once by several is told to all in one order, the one in which it is kept.

use std::path::Path;

use example_chat_api::{Chat, Musing};
use igor::Server;
use igor_tests::{Page, Running, config};
use serde_json::{Value, json};

/// So many lines are said by each.
const LINES: i64 = 200;

/// A page that is in the lobby.
async fn guest(server: &Running, name: &str) -> Page {
    let mut page = Page::open(server).await;
    for (action, data) in [("chat.introduce", name), ("chat.join", "lobby")] {
        let answer = page.ask(action, json!(data)).await;
        assert!(answer.get("error").is_none(), "{answer}");
    }
    page
}

/// The lines that a page is told of, by their numbers.
async fn told(page: &mut Page, count: i64) -> Vec<Value> {
    let mut told = Vec::new();
    for _ in 0..count {
        told.push(page.event("chat.said").await["data"]["line"]["id"].clone());
    }
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_are_told_in_the_order_in_which_they_are_kept() {
    let chat = Chat::open(Path::new(":memory:")).expect("memory is there");
    let silent = std::time::Duration::from_secs(100_000);
    let server = Server::new(config()).scope(chat).process(move || Musing::after(silent));
    let server = Running::start(server).await;
    let (mut ada, mut ben) = (guest(&server, "Ada").await, guest(&server, "Ben").await);
    for line in 0..LINES {
        ada.call("chat.say", json!({ "room": "lobby", "text": format!("a{line}") })).await;
        ben.call("chat.say", json!({ "room": "lobby", "text": format!("b{line}") })).await;
    }
    let in_order: Vec<Value> = (1..=2 * LINES).map(Value::from).collect();
    assert_eq!(told(&mut ada, 2 * LINES).await, in_order);
    assert_eq!(told(&mut ben, 2 * LINES).await, in_order);
}
