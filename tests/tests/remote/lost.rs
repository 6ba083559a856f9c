//! What becomes of calls and events when the connection is lost.

use std::time::Duration;

use igor::remote::{Failed, Remote, RemoteConfig, Status};
use igor::{Code, Executed, Server};
use igor_tests::{Bench, Door, InTime as _, Running, TOKEN, config, within};

use crate::address_of;
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

/// A server behind a door, whose calls have so long to end when it does.
async fn start_behind(door: &Door, bench: &Bench, drain: Duration) -> Running {
    let mut config = config();
    config.allowed_hosts.push(door.place().host());
    config.connection.drain = drain;
    let server = Server::new(config).registry(registry()).scope(bench.clone());
    let server = Running::start(server).await;
    door.lead_to(Some(server.handle().into()));
    server
}

/// A client of whoever is behind a door.
async fn connect_by(door: &Door) -> Remote {
    let remote = Remote::connect(RemoteConfig {
        address: address_of(door.place().clone()),
        token: Some(TOKEN.into()),
        ..RemoteConfig::default()
    });
    within("a welcome", remote).await.expect("welcome")
}

#[tokio::test]
async fn a_session_that_is_lost_fails_what_was_sent_and_goes_on_anew() {
    let (bench, mut heard) = Bench::new();
    let door = Door::open().await;
    let first = start_behind(&door, &bench, Duration::ZERO).await;
    let remote = connect_by(&door).await;
    let mut statuses = remote.statuses();
    let lost = tokio::spawn(remote.call::<wait>(()));
    assert_eq!(heard.next().await, "waiting");
    let again = tokio::spawn(remote.call::<wait_again>(()));
    assert_eq!(heard.next().await, "waiting");

    // Another one, which knows nothing of the session.
    let second = start_behind(&door, &bench, Duration::ZERO).await;
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

#[tokio::test]
async fn over_a_restart_that_is_told_every_call_is_run_once_and_answered() {
    const LONG_ENOUGH: Duration = Duration::from_secs(60);
    let (bench, mut heard) = Bench::new();
    let door = Door::open().await;
    let mut server = start_behind(&door, &bench, LONG_ENOUGH).await;
    let remote = connect_by(&door).await;
    let mut statuses = remote.statuses();
    let mut calls = 0;
    for _ in 0..2 {
        let begun = tokio::spawn(remote.call::<wait>(()));
        assert_eq!(heard.next().await, "waiting");
        let next = start_behind(&door, &bench, LONG_ENOUGH).await;
        // Calls are made before it is known that the server ends, while it ends, and behind that.
        let mut made = vec![tokio::spawn(remote.call::<wait>(()))];
        server.handle().stop();
        for _ in 0..20 {
            made.push(tokio::spawn(remote.call::<wait>(())));
            tokio::task::yield_now().await;
        }
        bench.allow(made.len() + 1);
        within("an answer", begun).await.expect("no panic").expect("it was begun");
        let resuming = statuses.wait_for(|status| matches!(status, Status::Resuming(_)));
        within("the end of the server", resuming).await.expect("the remote lives");
        made.push(tokio::spawn(remote.call::<wait>(())));
        bench.allow(1);
        calls += 1 + made.len();
        // Each tells that it waits, which one has done above, and that it is over.
        for _ in 0..2 * made.len() + 1 {
            heard.next().await;
        }
        for call in made {
            within("an answer", call).await.expect("no panic").expect("one of them has run it");
        }
        server = next;
    }
    assert_eq!(bench.counted() as usize, calls);
    server.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_remote_that_is_closed_takes_its_session_with_it() {
    let (bench, mut heard) = Bench::new();
    let server = serve(&bench).await;
    let begun = tokio::time::Instant::now();
    for is_dropped in [false, true] {
        let remote = server.remote().await.expect("welcome");
        let waiting = tokio::spawn(remote.call::<wait>(()));
        assert_eq!(heard.next().await, "waiting");
        if is_dropped {
            waiting.abort();
            drop(remote);
        } else {
            remote.close();
        }
        assert_eq!(heard.next().await, "wait dropped");
        let is_there = || server.handle().stats().connected + server.handle().stats().absent > 0;
        while is_there() {
            tokio::time::sleep(Duration::from_millis(1)).await;
            assert!(begun.elapsed() < Duration::from_secs(10), "it has had its grace");
        }
    }
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
