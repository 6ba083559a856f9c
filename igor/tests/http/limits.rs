//! What a socket may cost before it is a client.

use std::time::{Duration, Instant};

use igor::{Config, GateLimits, Page};

use crate::place::Place;
use crate::program::{Running, config};
use crate::raw::{Raw, ask};

const HANDSHAKE: Duration = Duration::from_millis(300);

async fn server(gate: GateLimits) -> Running {
    let page = Page::files([("index.html", b"page")]);
    Running::start(Config { gate, ..config() }, Some(page)).await
}

fn hasty() -> GateLimits {
    GateLimits { handshake: HANDSHAKE, ..GateLimits::default() }
}

#[tokio::test]
async fn a_flood_of_headers_is_refused() {
    let server = server(GateLimits::default()).await;
    let pad = "x".repeat(7000);
    assert_eq!(ask(server.address(), "GET /", &[("X-Pad", &pad)]).await.status, 200);
    let pad = "x".repeat(9000);
    assert_eq!(ask(server.address(), "GET /", &[("X-Pad", &pad)]).await.status, 431);
    let many = vec![("X-Many", "x"); 200];
    assert_eq!(ask(server.address(), "GET /", &many).await.status, 431);
    server.stop().await;
}

#[tokio::test]
async fn slow_headers_are_not_waited_for() {
    let server = server(hasty()).await;
    for begun in ["", "GET / HTTP/1.1\r\nHo"] {
        let start = Instant::now();
        let mut raw = Raw::connect(server.address()).await;
        raw.write(begun).await;
        raw.rest().await;
        assert!(start.elapsed() >= HANDSHAKE, "closed early");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_connection_that_is_done_is_not_kept_for_ever() {
    let server = server(hasty()).await;
    let mut raw = Raw::connect(server.address()).await;
    assert_eq!(raw.ask("GET /", &[]).await.status, 200);
    assert!(raw.rest().await.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn a_slow_body_is_not_waited_for() {
    let server = server(hasty()).await;
    let address = server.address();
    let mut raw = Raw::connect(address).await;
    let head = format!(
        "POST /igor/token HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\n\
         Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"
    );
    raw.write(head).await;
    assert_eq!(raw.response(false).await.status, 408);
    server.stop().await;
}

#[tokio::test]
async fn a_response_that_nobody_reads_is_given_up() {
    let place = Place::new();
    place.write("large.bin", &"x".repeat(32 << 20));
    let gate = GateLimits { waiting_sockets: 1, ..hasty() };
    let page = Page::directory(place.path());
    let server = Running::start(Config { gate, ..config() }, Some(page)).await;
    let address = server.address();
    let mut raw = Raw::connect(address).await;
    raw.write(format!("GET /large.bin HTTP/1.1\r\nHost: {address}\r\n\r\n")).await;
    // Its place is free again at last, and what was not read never came.
    let deadline = Instant::now() + Duration::from_secs(10);
    while !is_answered(&server).await {
        assert!(Instant::now() < deadline, "the place is never free");
    }
    assert!(raw.rest().await.len() < 32 << 20);
    server.stop().await;
}

#[tokio::test]
async fn only_so_many_wait_at_the_gate() {
    let gate = GateLimits { waiting_sockets: 2, ..GateLimits::default() };
    let server = server(gate).await;
    let mut first = Raw::connect(server.address()).await;
    let mut second = Raw::connect(server.address()).await;
    // Both are in: they were answered.
    assert_eq!(first.ask("GET /", &[]).await.status, 200);
    assert_eq!(second.ask("GET /", &[]).await.status, 200);
    assert!(!is_answered(&server).await);
    drop(first);
    let deadline = Instant::now() + Duration::from_secs(10);
    while !is_answered(&server).await {
        assert!(Instant::now() < deadline, "the place is never free");
    }
    server.stop().await;
}

/// Whether there is a place for another connection; one that finds none is closed.
async fn is_answered(server: &Running) -> bool {
    let address = server.address();
    let mut raw = Raw::connect(address).await;
    let request = format!("GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    raw.try_write(request).await && raw.rest().await.starts_with(b"HTTP/1.1")
}
