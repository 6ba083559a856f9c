//! Limits, deadlines, guards, panics and the end of a server: all as for everybody.

use std::time::Duration;

use futures_util::{Stream, stream};
use igor::{
    Call, CallLimits, Code, Config, Error, Hub, Next, Registry, Replied, Scope, Server, WireLimits,
};
use igor_tests::{Bench, Received, Running, within};
use serde_json::{Value, json};

use crate::{Classic, Said, Test, hold, registry, serving, serving_by, visits, without_token};

#[igor::action("bounds.late", timeout = "1ms")]
async fn late(bench: Scope<Bench>) {
    bench.permit().await;
}

#[igor::action("bounds.seldom", rate = "1/h")]
fn seldom() -> u32 {
    1
}

#[igor::action("bounds.alone", concurrency = 1)]
async fn alone(bench: Scope<Bench>) {
    bench.tell("running");
    bench.permit().await;
}

fn nobody() -> igor::Result<()> {
    Err(Error::forbidden("nobody may"))
}

#[igor::action("bounds.guarded", guard = nobody)]
fn guarded() -> u32 {
    1
}

#[igor::action("bounds.panic")]
async fn panicking() -> u32 {
    panic!("on purpose")
}

/// Counts without end, and how far it came.
#[igor::action("bounds.endless")]
fn endless(bench: Scope<Bench>) -> impl Stream<Item = String> {
    stream::repeat_with(move || {
        bench.count();
        "x".repeat(10 << 10)
    })
}

#[igor::action("bounds.up_to")]
fn up_to(end: u32) -> impl Stream<Item = u32> {
    stream::iter(0..end)
}

#[igor::action("bounds.flood")]
async fn flood(hub: Hub, bench: Scope<Bench>) {
    let text = "x".repeat(100 << 10);
    while !bench.has_permit() {
        hub.room("flood").send(&Said { text: text.clone() });
        tokio::task::yield_now().await;
    }
}

#[igor::action("bounds.sent")]
fn sent(text: String) -> usize {
    text.len()
}

fn all() -> Registry {
    let registry = registry().action::<late>().action::<seldom>().action::<alone>();
    let registry = registry.action::<guarded>().action::<panicking>().action::<endless>();
    registry.action::<up_to>().action::<flood>().action::<sent>()
}

async fn test() -> Test {
    serving_by(without_token(), all()).await
}

#[tokio::test]
async fn deadlines_rates_places_and_guards_end_a_call_on_its_stream() {
    let mut test = test().await;
    let mut client = Classic::open(&test.server).await;
    let late = client.refusal("bounds.late", json!(null)).await;
    assert_eq!(late, "the deadline of the call passed");
    assert_eq!(client.ask("bounds.seldom", json!(null)).await, 1);
    let often = client.refusal("bounds.seldom", json!(null)).await;
    assert_eq!(often, "`bounds.seldom` may be called 1 times in 3600s");
    client.introduce("another name").await;
    let often = client.refusal("bounds.seldom", json!(null)).await;
    assert!(often.contains("may be called"), "another name is not another client: {often}");
    client.send(json!({ "streamId": 1, "action": "bounds.alone" })).await;
    assert_eq!(test.heard.next().await, "running");
    let busy = client.refusal("bounds.alone", json!(null)).await;
    assert_eq!(busy, "1 calls of `bounds.alone` run already");
    assert_eq!(client.refusal("bounds.guarded", json!(null)).await, "nobody may");
}

#[tokio::test]
async fn a_panic_ends_its_call_with_an_id_and_nothing_else() {
    let test = test().await;
    let mut client = Classic::open(&test.server).await;
    let error = client.refusal("bounds.panic", json!(null)).await;
    assert!(error.starts_with("internal error ") && !error.contains("purpose"), "{error}");
    assert_eq!(client.ask("visits", json!(null)).await, 0);
}

#[tokio::test]
async fn layers_stand_around_classic_calls() {
    async fn refuse(call: Call, next: Next) -> igor::Result<Replied> {
        match call.action() {
            "hold" => Err(Error::forbidden("not here")),
            _ => next.run(call).await,
        }
    }
    let registry = Registry::new().action::<hold>().action::<visits>();
    let server = Server::new(without_token()).registry(registry).scope(Bench::new().0);
    let server = Running::start(server.layer(refuse)).await;
    let mut client = Classic::open(&server).await;
    assert_eq!(client.refusal("hold", json!(null)).await, "not here");
    assert_eq!(client.ask("visits", json!(null)).await, 0);
}

#[tokio::test]
async fn so_many_calls_are_open_at_once_and_one_more_is_refused() {
    let calls = CallLimits { open: 2, ..Default::default() };
    let mut test = serving_by(Config { calls, ..without_token() }, all()).await;
    let mut client = Classic::open(&test.server).await;
    for id in 1..=2 {
        client.send(json!({ "streamId": id, "action": "hold" })).await;
        assert_eq!(test.heard.next().await, "running");
    }
    let error = client.refusal("visits", json!(null)).await;
    assert_eq!(error, "2 calls are open already");
    test.bench.allow(1);
    assert_eq!(client.next().await["data"], "held");
}

#[tokio::test]
async fn what_is_refused_is_counted_as_it_is_of_everybody() {
    let test = test().await;
    let mut client = Classic::open(&test.server).await;
    client.send(json!({ "streamId": 1, "action": "unheard" })).await;
    assert_eq!(client.next().await["code"], 400);
    client.refusal("bounds.guarded", json!(null)).await;
    let counted = test.server.handle().stats().calls;
    for code in [Code::UnknownAction, Code::Forbidden] {
        assert!(counted.contains(&(Some(code), 1)), "{code}: {counted:?}");
    }
}

#[tokio::test]
async fn a_message_over_the_limit_closes_the_socket() {
    let test = test().await;
    let mut client = Classic::open(&test.server).await;
    let fits = json!({ "streamId": "", "action": "bounds.sent", "data": "" }).to_string().len();
    for (length, fits) in [((1 << 20) - fits, true), ((1 << 20) - fits + 1, false)] {
        let data = Value::from("x".repeat(length));
        client.0.try_send(json!({ "streamId": "", "action": "bounds.sent", "data": data })).await;
        if fits {
            assert_eq!(client.next().await, json!({ "streamId": "", "data": length }));
            assert_eq!(client.next().await["close"], true);
        } else {
            assert_eq!(client.0.closed().await, 4413);
        }
    }
}

#[tokio::test]
async fn whoever_reads_may_be_sent_more_than_is_ever_kept() {
    let wire = WireLimits { ring_frames: 4, ring_bytes: 100, ..Default::default() };
    let test = serving_by(Config { wire, ..without_token() }, all()).await;
    let mut client = Classic::open(&test.server).await;
    let frames = client.call(json!(1), "bounds.up_to", json!(10_000)).await;
    assert_eq!(frames.len(), 10_001);
    assert!(frames.iter().zip(0..10_000).all(|(frame, number)| frame["data"] == number));
    client.call(json!(2), "enter", json!("flood")).await;
    for _ in 0..100 {
        let data = json!({ "room": "flood", "text": "x".repeat(100) });
        client.send(json!({ "streamId": 3, "action": "say", "data": data })).await;
        assert_eq!(client.next().await["action"], "said");
        client.all(&json!(3)).await;
    }
    // What is written is forgotten, though nobody ever says that it has arrived.
    let forgotten = async {
        while test.server.handle().stats().waiting_bytes > 0 {
            tokio::task::yield_now().await;
        }
    };
    within("what was written to be forgotten", forgotten).await;
}

#[tokio::test]
async fn a_stream_waits_for_a_client_that_does_not_read() {
    let test = test().await;
    let mut client = Classic::open(&test.server).await;
    client.send(json!({ "streamId": 1, "action": "bounds.endless" })).await;
    let mut other = Classic::open(&test.server).await;
    let mut before = 0;
    // It stands once the network and the server have taken what they take.
    for _ in 0..1_000 {
        other.ask("visits", json!(null)).await;
        let counted = test.bench.counted();
        if counted > 0 && counted == before {
            break;
        }
        before = counted;
    }
    let waiting = test.server.handle().stats().most_waiting_bytes;
    assert!(waiting <= 2 << 20, "{waiting} bytes wait");
    assert_eq!(client.next().await["streamId"], 1, "and it goes on");
}

#[tokio::test]
async fn a_client_that_does_not_read_its_events_is_disconnected_and_nobody_else() {
    let test = test().await;
    let mut sleeper = Classic::open(&test.server).await;
    sleeper.call(json!(1), "enter", json!("flood")).await;
    let mut other = Classic::open(&test.server).await;
    other.send(json!({ "streamId": 1, "action": "bounds.flood" })).await;
    let disconnected = async {
        while test.server.handle().stats().too_slow == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    within("the slow one to be disconnected", disconnected).await;
    test.bench.allow(1);
    assert_eq!(other.all(&json!(1)).await.len(), 1);
    assert_eq!(other.ask("visits", json!(null)).await, 0);
    while !matches!(sleeper.0.next().await, Received::Closed(4441) | Received::Gone) {}
}

#[tokio::test]
async fn a_server_that_ends_lets_calls_end_first() {
    let mut test = serving().await;
    let mut client = Classic::open(&test.server).await;
    client.send(json!({ "streamId": 1, "action": "hold" })).await;
    assert_eq!(test.heard.next().await, "running");
    test.server.handle().stop();
    loop {
        client.send(json!({ "streamId": 2, "action": "visits" })).await;
        let answer = client.next().await;
        if answer["code"] == 503 {
            assert_eq!(answer, json!({ "error": "the server is going down", "code": 503 }));
            break;
        }
        client.next().await;
    }
    test.bench.allow(1);
    assert_eq!(client.next().await, json!({ "streamId": 1, "data": "held" }));
    assert_eq!(client.next().await, json!({ "streamId": 1, "close": true }));
    assert_eq!(client.0.closed().await, 4503);
    test.server.stop().await;
}
