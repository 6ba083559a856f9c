//! What a program hears.

use igor::remote::Remote;
use igor_tests::{Bench, InTime as _};

use crate::offer::{Said, say, serve};

#[tokio::test]
async fn events_are_typed_and_come_in_order() {
    let (bench, _heard) = Bench::new();
    let server = serve(&bench).await;
    let remote = Remote::new(server.config());
    let mut said = remote.on::<Said>();
    let other = server.remote().in_time().await.expect("welcome");
    remote.ready().in_time().await.expect("welcome");
    for text in ["one", "two"] {
        other.call::<say>(("otto", text)).in_time().await.expect("said");
    }
    for text in ["one", "two"] {
        assert_eq!(said.next().in_time().await.expect("an event").line.text, text);
    }
    remote.close();
    assert!(said.next().in_time().await.is_none());
}

#[tokio::test]
async fn what_a_listener_does_not_take_is_bounded_and_counted() {
    let (bench, _heard) = Bench::new();
    let server = serve(&bench).await;
    let remote = server.remote().in_time().await.expect("welcome");
    let mut said = remote.on::<Said>();
    for nth in 0..1030 {
        remote.call::<say>(("otto", nth.to_string())).in_time().await.expect("said");
    }
    assert_eq!(said.take_missed(), 6);
    assert_eq!(said.next().in_time().await.expect("an event").line.text, "6");
    assert_eq!(said.take_missed(), 0);
}
