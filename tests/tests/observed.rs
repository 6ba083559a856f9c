//! What a server counts of its clients and calls.

use std::collections::BTreeSet;

use igor::{Code, Config, Registry, Scope, Server, Stats};
use igor_tests::{Bench, Identity, Page, Running, TOKEN, config, result, within};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[igor::action("observed.double")]
fn double(number: i32) -> i32 {
    number * 2
}

#[igor::action("observed.hold")]
async fn hold(bench: Scope<Bench>) {
    bench.tell("holding");
    bench.permit().await;
}

#[igor::action("observed.panic")]
fn panics() {
    panic!("on purpose");
}

/// Clients that are here, clients that are away, and open calls, this one included.
#[igor::action("observed.now")]
fn now(stats: Stats) -> (usize, usize, usize) {
    (stats.connected, stats.absent, stats.open_calls)
}

async fn serving() -> (Running, Bench, igor_tests::Heard) {
    let (bench, heard) = Bench::new();
    let registry = Registry::new().action::<double>().action::<hold>().action::<panics>();
    // By a port, whatever other tests speak over: metrics are asked for there.
    let config = Config { pipe: None, ..config() };
    let server = Server::new(config).registry(registry.action::<now>()).scope(bench.clone());
    (Running::start(server).await, bench, heard)
}

fn of(stats: &Stats, code: Option<Code>) -> u64 {
    stats.calls.iter().find(|(counted, _)| *counted == code).map_or(0, |(_, count)| *count)
}

#[tokio::test]
async fn a_server_counts_clients_and_how_calls_end() {
    let (server, bench, mut heard) = serving().await;
    let mut identity = Identity::new();
    let mut page = Page::load(&server, &mut identity).await;
    let mut other = Page::open(&server).await;
    let held = page.call("observed.hold", json!(null)).await;
    let cancelled = page.call("observed.hold", json!(null)).await;
    assert_eq!([heard.next().await, heard.next().await], ["holding", "holding"]);
    page.send(json!({ "streamId": cancelled, "cancel": true })).await;
    page.last(cancelled).await;
    for data in [json!(1), json!(2), json!("three")] {
        page.ask("observed.double", data).await;
    }
    page.ask("observed.nothing", json!(null)).await;
    page.ask("observed.panic", json!(null)).await;
    let late = page.call_with("observed.hold", json!({ "deadlineMs": 1 })).await;
    page.last(late).await;

    drop(page.resume(&server, &mut identity).await);
    assert_eq!(other.ask("observed.now", json!(null)).await, result(json!([2, 0, 2])));
    let stats = server.handle().stats();
    assert_eq!((stats.sessions, stats.resumes, stats.open_calls), (2, 1, 1));
    for (code, count) in [
        (None, 3),
        (Some(Code::Cancelled), 1),
        (Some(Code::BadData), 1),
        (Some(Code::UnknownAction), 1),
        (Some(Code::Internal), 1),
        (Some(Code::DeadlineExceeded), 1),
        (Some(Code::Overloaded), 0),
    ] {
        assert_eq!(of(&stats, code), count, "{code:?} in {stats:?}");
    }
    bench.allow(2);
    assert_eq!(page.last(held).await, result(json!(null)));
    assert_eq!(of(&server.handle().stats(), None), 4);

    drop(page);
    let is_away =
        async { while other.ask("observed.now", json!(null)).await != result(json!([1, 1, 1])) {} };
    within("its absence", is_away).await;
}

#[igor::event("observed.ticked", when_slow = "drop_oldest")]
struct Ticked {
    text: String,
}

#[igor::action("observed.flood")]
fn flood(hub: igor::Hub) {
    for _ in 0..64 {
        hub.all().send(&Ticked { text: "x".repeat(64 << 10) });
    }
}

#[tokio::test]
async fn events_that_are_left_out_are_counted_beyond_the_session() {
    let mut config = config();
    config.session.grace = std::time::Duration::from_millis(1);
    config.wire.client_bytes = 2 << 20;
    let registry = Registry::new().action::<flood>().event::<Ticked>();
    let server = Running::start(Server::new(config).registry(registry)).await;
    // Acknowledges nothing, and is sent twice as much as is kept for it.
    let mut page = Page::open(&server).await;
    page.call("observed.flood", json!(null)).await;
    let stats = || server.handle().stats();
    let flooded = async {
        while of(&stats(), None) == 0 {
            tokio::task::yield_now().await
        }
    };
    within("the end of the call", flooded).await;
    let left_out = stats().events_left_out;
    assert!((8..64).contains(&left_out), "{left_out}");
    assert!(stats().most_waiting_bytes > 1 << 20, "{:?}", stats());
    drop(page);
    let is_over = |stats: Stats| stats.connected + stats.absent == 0;
    let gone = async {
        while !is_over(stats()) {
            tokio::task::yield_now().await
        }
    };
    within("the end of the session", gone).await;
    assert_eq!((stats().events_left_out, stats().sessions), (left_out, 1));
}

/// Asks for a path with these headers; answers with everything that comes.
async fn ask(server: &Running, method: &str, headers: &str) -> String {
    let address = server.handle().address();
    let mut socket = TcpStream::connect(address).await.expect("it listens");
    let request = format!(
        "{method} /igor/metrics HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{headers}\r\n"
    );
    socket.write_all(request.as_bytes()).await.expect("it reads");
    let mut answer = String::new();
    within("the answer", socket.read_to_string(&mut answer)).await.expect("an answer");
    answer
}

#[tokio::test]
async fn prometheus_gets_the_counts_for_the_token_alone() {
    let (server, ..) = serving().await;
    let mut page = Page::open(&server).await;
    page.ask("observed.double", json!(2)).await;
    assert!(ask(&server, "GET", "").await.starts_with("HTTP/1.1 401 "));
    let wrong = "authorization: Bearer wrong\r\n";
    assert!(ask(&server, "GET", wrong).await.starts_with("HTTP/1.1 401 "));

    let token = format!("authorization: Bearer {TOKEN}\r\n");
    let answer = ask(&server, "GET", &token).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains("content-type: text/plain; version=0.0.4"), "{answer}");
    for line in [
        "# TYPE igor_clients_connected gauge\nigor_clients_connected 1\n",
        "igor_clients_absent 0\n",
        "igor_sessions_total 1\n",
        "# TYPE igor_calls_total counter\nigor_calls_total{outcome=\"ok\"} 1\n",
    ] {
        assert!(answer.contains(line), "{line} in {answer}");
    }
    assert!(ask(&server, "POST", &token).await.starts_with("HTTP/1.1 405 "));
}

#[tokio::test]
async fn the_guide_names_all_that_is_counted_and_nothing_else() {
    let (server, ..) = serving().await;
    let text = server.handle().stats().prometheus();
    let counted: BTreeSet<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
        .map(str::to_owned)
        .collect();
    let rows = include_str!("../../docs/observability.md").lines();
    let named: BTreeSet<_> = rows
        .filter(|line| line.starts_with('|'))
        .flat_map(|row| row.split(|c: char| !(c.is_ascii_lowercase() || c == '_')))
        .filter(|word| word.starts_with("igor_"))
        .map(str::to_owned)
        .collect();
    assert_eq!(named, counted);
}
