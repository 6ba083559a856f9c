//! What a call from Rust gives.

use std::time::Duration;

use futures_util::stream;
use igor::remote::{Failed, Remote, RemoteConfig};
use igor::{Code, Server};
use igor_tests::{Bench, InTime as _, Running, TOKEN, config, within};

use crate::address_of;
use crate::offer::{
    Line, SayError, ask, count, left, registry, rows, said_count, say, serve, sleep, sum, trace,
    turned, wait, who,
};

#[tokio::test]
async fn an_action_is_called_by_its_functions_name_over_a_socket() {
    let (bench, _heard) = Bench::new();
    let server = Server::new(config()).registry(registry()).scope(bench);
    let server = Running::start(server).await;
    let remote = Remote::connect(RemoteConfig {
        address: address_of(server.handle()),
        token: Some(TOKEN.into()),
        name: Some("anna".into()),
    });
    let remote = within("a welcome", remote).await.expect("welcome");
    let line = within("a line", remote.call::<say>(("anna", "hello"))).await.expect("said");
    assert_eq!(line, Line { who: "anna".into(), text: "hello".into() });
    assert_eq!(within("a count", remote.call::<said_count>(())).await.expect("counted"), 1);
    assert_eq!(within("a name", remote.call::<who>(())).await.expect("known"), "anna");
    assert_eq!(remote.client_id().as_deref(), Some("anna"));
    remote.close();
    let closed = remote.call::<who>(()).in_time().await.expect_err("closed");
    assert_eq!(closed.code(), Code::Cancelled);
    server.stop().await;
}

#[tokio::test]
async fn the_actions_own_error_is_typed() {
    let (bench, _heard) = Bench::new();
    let server = serve(&bench).await;
    let remote = server.remote().in_time().await.expect("welcome");
    let refused =
        remote.call::<say>(("anna", "much too long")).in_time().await.expect_err("refused");
    let Failed::Action(error) = refused else { panic!("{refused}") };
    assert_eq!(error, SayError::TooLong { limit: 10 });
}

#[tokio::test]
async fn bytes_go_both_ways() {
    let (bench, _heard) = Bench::new();
    let server = serve(&bench).await;
    let remote = server.remote().in_time().await.expect("welcome");
    let sent: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let turned = remote.call::<turned>(sent.clone()).in_time().await.expect("turned");
    assert!(turned.iter().rev().eq(&sent));
}

#[tokio::test]
async fn calls_that_have_ended_leave_room_for_others() {
    let (bench, _heard) = Bench::new();
    let server = serve(&bench).await;
    let remote = server.remote().in_time().await.expect("welcome");
    // Together far more than the open calls of a remote may hold.
    for _ in 0..40 {
        let sent = vec![7; 1_000_000];
        let turned = remote.call::<turned>(sent).in_time().await.expect("room for it");
        assert_eq!(turned.len(), 1_000_000);
    }
}

#[tokio::test]
async fn a_stream_is_read_as_fast_as_its_reader_and_dropped_with_it() {
    let (bench, mut heard) = Bench::new();
    let server = serve(&bench).await;
    let remote = server.remote().in_time().await.expect("welcome");
    let mut counted = remote.call::<count>(7_u64);
    // Far more than one window.
    for expected in 7..2007 {
        assert_eq!(
            counted.next().in_time().await.expect("it has no end").expect("a number"),
            expected
        );
    }
    drop(counted);
    assert_eq!(heard.next().await, "stream dropped");
}

#[tokio::test]
async fn a_stream_that_fails_says_how_and_ends() {
    let (bench, _heard) = Bench::new();
    let server = serve(&bench).await;
    let remote = server.remote().in_time().await.expect("welcome");
    let mut rows = remote.call::<rows>(());
    assert_eq!(rows.next().in_time().await.expect("a row").expect("a row"), 1);
    let failed = rows.next().in_time().await.expect("an error").expect_err("it fails");
    assert_eq!(failed.code(), Code::Forbidden);
    assert!(rows.next().in_time().await.is_none());
}

#[tokio::test]
async fn items_go_both_ways_beside_a_value() {
    let (bench, _heard) = Bench::new();
    let server = serve(&bench).await;
    let remote = server.remote().in_time().await.expect("welcome");
    let mut job = remote.call::<sum>((100, stream::iter(1..=1000)));
    let mut last = 0;
    while let Some(so_far) = job.output().in_time().await {
        last = so_far.expect("a number");
    }
    assert_eq!(last, 100 + 500_500);
    assert_eq!(job.in_time().await.expect("a sum"), last);
}

#[tokio::test]
async fn a_value_alone_does_not_wait_for_its_outputs() {
    let (bench, _heard) = Bench::new();
    let server = serve(&bench).await;
    let remote = server.remote().in_time().await.expect("welcome");
    assert_eq!(
        remote.call::<sum>((0, stream::iter(1..=1000))).in_time().await.expect("a sum"),
        500_500
    );
}

#[tokio::test]
async fn a_call_says_the_trace_that_it_belongs_to() {
    let (bench, _heard) = Bench::new();
    let server = serve(&bench).await;
    let remote = server.remote().in_time().await.expect("welcome");
    let known = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let traced = remote.traced(known.parse().expect("it is one"));
    let told = traced.call::<trace>(1).in_time().await.expect("told");
    assert_eq!(told, Some(format!("1: {known}")));
    assert_eq!(remote.call::<trace>(2).in_time().await.expect("told"), None);
    // What has bytes beside its JSON has it too, and its bytes.
    let turned = traced.call::<turned>(vec![1, 2]).in_time().await.expect("turned");
    assert_eq!(turned.to_vec(), [2, 1]);
    // It is the same client.
    drop(remote);
    assert!(traced.call::<who>(()).in_time().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_call_may_take_so_long_and_its_action_knows() {
    let (bench, mut heard) = Bench::new();
    let server = serve(&bench).await;
    let remote = server.remote().in_time().await.expect("welcome");
    let hurried = remote.within(Duration::from_secs(5));
    assert_eq!(hurried.call::<left>(()).in_time().await.expect("told"), Some(5));
    assert_eq!(remote.call::<left>(()).in_time().await.expect("told"), None);
    let begun = tokio::time::Instant::now();
    let late = hurried.call::<wait>(()).in_time().await.expect_err("nobody permits it");
    assert_eq!(late.code(), Code::DeadlineExceeded);
    assert_eq!(begun.elapsed().as_secs(), 5);
    assert_eq!([heard.next().await, heard.next().await], ["waiting", "wait dropped"]);
    let mut counted = hurried.call::<count>(0_u64);
    let ended = async {
        loop {
            match counted.next().await.expect("an end") {
                Ok(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                Err(error) => break error,
            }
        }
    };
    assert_eq!(ended.in_time().await.code(), Code::DeadlineExceeded);
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_in_time_without_a_server_too() {
    let nowhere = std::net::SocketAddr::from(([127, 0, 0, 1], 9));
    let remote = Remote::new(RemoteConfig { address: nowhere.into(), ..RemoteConfig::default() });
    let hurried = remote.within(Duration::from_secs(5));
    let late = hurried.call::<who>(()).in_time().await.expect_err("there is no server");
    assert_eq!(late.code(), Code::DeadlineExceeded);
}

#[tokio::test]
async fn a_call_that_is_dropped_is_cancelled() {
    let (bench, mut heard) = Bench::new();
    let server = serve(&bench).await;
    let remote = server.remote().in_time().await.expect("welcome");
    let mut waiting = Box::pin(remote.call::<wait>(()));
    tokio::select! {
        biased;
        _ = &mut waiting => panic!("nobody permits it"),
        word = heard.next() => assert_eq!(word, "waiting"),
    }
    drop(waiting);
    assert_eq!(heard.next().await, "wait dropped");
}

#[tokio::test]
async fn a_request_of_the_server_is_answered_or_refused() {
    let (bench, _heard) = Bench::new();
    let server = serve(&bench).await;
    let remote = server.remote().in_time().await.expect("welcome");
    let refused = remote.call::<ask>(()).in_time().await.expect_err("nobody answers");
    assert_eq!(refused.code(), Code::UnknownAction);
    remote
        .handle(|asked: crate::offer::Confirm| async move { asked.question == "really?" })
        .expect("nobody else does");
    assert!(remote.call::<ask>(()).in_time().await.expect("answered"));
}

#[tokio::test]
async fn a_second_handler_is_refused_until_the_first_is_stopped() {
    let (bench, _heard) = Bench::new();
    let server = serve(&bench).await;
    let remote = server.remote().in_time().await.expect("welcome");
    let answer = |reply| remote.handle(move |_: crate::offer::Confirm| std::future::ready(reply));
    let first = answer(true).expect("nobody else does");
    let refused = answer(false).expect_err("there is one");
    assert_eq!(refused.code(), Code::Forbidden);
    assert_eq!(refused.message(), "`confirm` has a handler already");
    assert!(remote.call::<ask>(()).in_time().await.expect("answered"), "by the first");
    first.stop();
    let refused = remote.call::<ask>(()).in_time().await.expect_err("nobody answers");
    assert_eq!(refused.code(), Code::UnknownAction);
    drop(answer(false).expect("nobody else does any more"));
    assert!(!remote.call::<ask>(()).in_time().await.expect("answered"), "by the second");
}

#[tokio::test]
async fn who_answers_a_request_may_call_the_server_before_it_waits() {
    let (bench, _heard) = Bench::new();
    let server = serve(&bench).await;
    let remote = server.remote().in_time().await.expect("welcome");
    let caller = remote.clone();
    remote
        .handle(move |_: crate::offer::Confirm| {
            let asked = caller.call::<who>(());
            async move { asked.await.is_ok() }
        })
        .expect("nobody else does");
    assert!(remote.call::<ask>(()).in_time().await.expect("answered"));
}

#[tokio::test]
async fn who_answers_a_request_and_panics_fails_that_request_alone() {
    let (bench, _heard) = Bench::new();
    let server = serve(&bench).await;
    let remote = server.remote().in_time().await.expect("welcome");
    remote
        .handle(|asked: crate::offer::Confirm| {
            assert!(asked.question.is_empty(), "on purpose");
            std::future::ready(true)
        })
        .expect("nobody else does");
    let failed = remote.call::<ask>(()).in_time().await.expect_err("nobody answers");
    assert_eq!(failed.code(), Code::Internal);
    assert!(remote.call::<who>(()).in_time().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn time_that_is_paused_passes_for_both_ends() {
    let (bench, _heard) = Bench::new();
    let server = serve(&bench).await;
    let remote = server.remote().in_time().await.expect("welcome");
    let begun = tokio::time::Instant::now();
    let hours = Duration::from_secs(2 * 3600);
    let late = tokio::time::timeout(hours, remote.call::<sleep>(())).await.expect("an end");
    let late = late.expect_err("half an hour is over");
    assert_eq!(late.code(), Code::DeadlineExceeded);
    assert!(begun.elapsed().as_secs() >= 1800);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_keeps_few_frames_is_acknowledged_in_time() {
    let (bench, _heard) = Bench::new();
    let mut config = igor::Config::default();
    config.wire.ring_frames = 8;
    let server = Server::new(config).registry(registry()).scope(bench);
    let server = igor::testing::serve(server).await.expect("served");
    let remote = server.remote().in_time().await.expect("welcome");
    let begun = tokio::time::Instant::now();
    let mut counted = remote.call::<count>(0_u64);
    for _ in 0..100 {
        within("an item", counted.next()).await.expect("it has no end").expect("a number");
    }
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
}
