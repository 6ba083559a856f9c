//! A server that is killed while it has calls, and the one that follows it.

use serde_json::json;

use crate::server::{Server, first};

#[tokio::test]
async fn of_a_server_that_is_killed_every_call_is_answered_honestly() {
    let (mut door, mut first, mut client) = first().await;
    client.call("again", 2).await;
    assert_eq!(first.runs().await, "again 2");

    door.lead_to(None);
    let ended = door.seen().ended;
    first.kill().await;
    door.until("the end of the socket", |seen| seen.ended > ended).await;
    client.find(|line| line["status"] == "resuming").await;
    client.call("hold", 3).await;

    let mut second = Server::start(&door).await;
    // Nobody can know what became of a call that was sent; it is not run a second time.
    let lost = client.ended(1).await;
    assert_eq!((&lost["code"], &lost["executed"]), (&json!("session_lost"), &json!("unknown")));
    client.find(|line| line.get("lost").is_some()).await;
    assert!(!client.has_lost(), "it is told once");
    // One that may run twice does, and one that was only queued runs here for the first time.
    for (running, nonce) in [("again 2", 2), ("hold 3", 3)] {
        assert_eq!(second.runs().await, running);
        second.allow_one().await;
        assert_eq!(client.ended(nonce).await["value"], nonce);
    }
    // Behind them comes nothing but what is called now.
    client.call("hold", 4).await;
    assert_eq!(second.runs().await, "hold 4");
}
