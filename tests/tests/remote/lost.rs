//! What becomes of calls and events when the connection is lost.

use std::time::Duration;

use igor::remote::{Failed, Remote, RemoteConfig, Status};
use igor::{Code, Executed, Server};
use igor_tests::{Bench, Door, InTime as _, Running, TOKEN, config, within};

use crate::offer::{Said, count, registry, said_count, say, serve, wait, wait_again};

#[tokio::test(start_paused = true)]
async fn calls_streams_and_events_go_on_over_a_lost_connection() {
    let (bench, mut heard) = Bench::new();
    let server = serve(&bench).await;
    let remote = server.remote().in_time().await.expect("welcome");
    let other = server.remote().in_time().await.expect("welcome");
    let mut said = remote.on::<Said>();
    let mut counted = remote.call::<count>(0_u64);
    let waiting = tokio::spawn(remote.call::<wait>(()));
    assert_eq!(heard.next().await, "waiting");
    for nth in 0..50_u64 {
        server.cut();
        other.call::<say>(("otto", nth.to_string())).in_time().await.expect("said");
        for expected in nth * 20..nth * 20 + 20 {
            assert_eq!(
                counted.next().in_time().await.expect("it has no end").expect("a number"),
                expected
            );
        }
    }
    for nth in 0..50_u64 {
        assert_eq!(said.next().in_time().await.expect("an event").line.text, nth.to_string());
    }
    bench.allow(1);
    assert_eq!(waiting.in_time().await.expect("no panic").expect("counted"), 1);
    // It is one session all the time.
    remote.call::<say>(("anna", "here")).in_time().await.expect("said");
    assert_eq!(remote.call::<said_count>(()).in_time().await.expect("counted"), 1);
    assert_eq!(other.call::<said_count>(()).in_time().await.expect("counted"), 50);
}

#[tokio::test]
async fn a_session_that_is_lost_fails_what_was_sent_and_goes_on_anew() {
    let (bench, mut heard) = Bench::new();
    let door = Door::open().await;
    let server = || {
        let mut config = config();
        config.allowed_hosts.push(door.address().to_string());
        config.connection.drain = Duration::ZERO;
        Server::new(config).registry(registry()).scope(bench.clone())
    };
    let first = Running::start(server()).await;
    door.lead_to(Some(first.handle().address()));
    let remote = Remote::connect(RemoteConfig {
        address: door.address().into(),
        token: Some(TOKEN.into()),
        ..RemoteConfig::default()
    });
    let remote = within("a welcome", remote).await.expect("welcome");
    let mut statuses = remote.statuses();
    let lost = tokio::spawn(remote.call::<wait>(()));
    assert_eq!(heard.next().await, "waiting");
    let again = tokio::spawn(remote.call::<wait_again>(()));
    assert_eq!(heard.next().await, "waiting");

    // Another one, which knows nothing of the session.
    let second = Running::start(server()).await;
    door.lead_to(Some(second.handle().address()));
    first.handle().stop();
    let resuming = statuses.wait_for(|status| matches!(status, Status::Resuming(_)));
    within("the loss", resuming).await.expect("the remote lives");

    // What may run twice is sent to the new one.
    let again = async {
        while heard.next().await != "waiting" {}
        bench.allow(10);
        again.in_time().await.expect("no panic")
    };
    within("an answer", again).await.expect("run again");
    let lost = within("the end", lost).await.expect("no panic").expect_err("lost");
    let Failed::Igor(error) = lost;
    assert_eq!(error.code(), Code::SessionLost, "{error}");
    assert_eq!(error.executed(), Some(Executed::Unknown));
    second.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stays_away_past_the_grace_loses_the_session() {
    let (bench, mut heard) = Bench::new();
    let server = serve(&bench).await;
    let remote = server.remote().in_time().await.expect("welcome");
    let waiting = tokio::spawn(remote.call::<wait>(()));
    assert_eq!(heard.next().await, "waiting");
    let begun = tokio::time::Instant::now();
    server.handle().stop();
    let lost = waiting.in_time().await.expect("no panic").expect_err("lost");
    assert_eq!(lost.code(), Code::SessionLost, "{lost}");
    assert!(begun.elapsed() >= Duration::from_secs(10), "{:?}", begun.elapsed());
}
