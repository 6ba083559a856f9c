//! A server that is told to end while it has calls, and the one that follows it.

use crate::server::{Server, first};

#[tokio::test]
async fn a_server_that_is_told_to_end_answers_what_it_has_begun_and_leaves_the_rest_to_the_next() {
    let (mut door, mut first, mut client) = first().await;

    let mut second = Server::start(&door).await;
    first.terminate();
    door.until("a goodbye", |seen| seen.goodbyes > 0).await;
    client.call("hold", 2).await;
    first.allow_one().await;
    assert_eq!(client.ended(1).await["value"], 1);
    assert!(first.ended_well().await, "it exits with 0");

    client.find(|line| line.get("lost").is_some()).await;
    assert_eq!(second.runs().await, "hold 2");
    second.allow_one().await;
    assert_eq!(client.ended(2).await["value"], 2);
    assert!(!client.has_lost(), "it is told once");
}
