//! How many rooms there may be.

use std::path::Path;

use example_chat_api::{Chat, Musing};
use igor::Server;
use igor_tests::{Page, Running, config};
use serde_json::json;

#[tokio::test]
async fn a_room_beyond_the_last_is_refused_and_those_that_are_there_can_be_entered() {
    let chat = Chat::open(Path::new(":memory:")).expect("memory is there");
    let silent = std::time::Duration::from_secs(100_000);
    let server = Server::new(config()).scope(chat).process(move || Musing::after(silent));
    let server = Running::start(server).await;
    let mut ada = Page::open(&server).await;
    ada.ask("chat.introduce", json!("Ada")).await;
    for room in 1..200 {
        let entered = ada.ask("chat.join", json!(format!("room {room}"))).await;
        assert!(entered.get("error").is_none(), "{entered}");
    }
    let refused = ada.ask("chat.join", json!("one more")).await;
    assert_eq!(refused["error"], "there are 200 rooms already");
    assert_eq!(refused["data"], json!({ "kind": "too_many", "limit": 200 }));
    for room in ["lobby", "room-1"] {
        let entered = ada.ask("chat.join", json!(room)).await;
        assert_eq!(entered["data"]["name"], room);
    }
}
