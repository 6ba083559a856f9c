//! The outbox of a client whose sockets come and go.

use std::task::{Context, Waker};

use futures_util::FutureExt as _;
use tokio::io::duplex;

use crate::wire::body::Body;

use super::*;

fn body() -> Body {
    Body::text("\"streamId\":1}")
}

/// An outbox whose ring has one place, with a body in it and one that waits.
fn full() -> (Outbox, u64) {
    let limits = WireLimits { ring_frames: 1, ..WireLimits::default() };
    let outbox = Outbox::new(limits, Rules::default());
    let page = outbox.begin_page(1 << 20).page;
    for _ in 0..2 {
        outbox.push_for_page(page, body(), Write::Soon).expect("it is small");
    }
    (outbox, page)
}

/// What the connection's task does.
fn flush(outbox: &Outbox, socket: &Arc<Socket>) {
    let flushed = outbox.poll_flush(socket, &mut Context::from_waker(Waker::noop()));
    assert!(flushed.is_pending(), "{flushed:?}");
}

#[test]
fn who_waits_to_send_goes_on_when_a_resume_makes_room() {
    let (outbox, page) = full();
    let mut sent = Box::pin(outbox.push_item(page, body(), || false));
    assert_eq!(sent.as_mut().now_or_never(), None);
    let over = outbox.resume(Standing { received: 1, have: 1 }).expect("nothing is forgotten");
    let (io, _other) = duplex(1 << 10);
    let socket = Arc::new(Socket::new(io));
    assert!(outbox.attach(over.turn, &socket));
    flush(&outbox, &socket);
    assert_eq!(sent.now_or_never(), Some(true));
}

#[test]
fn who_waits_to_send_goes_on_when_a_newer_event_takes_the_place() {
    let limits = WireLimits { ring_bytes: 100, ..WireLimits::default() };
    let outbox = Outbox::new(limits, Rules::default());
    let over = outbox.begin_page(1 << 20);
    let (io, _other) = duplex(1 << 10);
    let socket = Arc::new(Socket::new(io));
    assert!(outbox.attach(over.turn, &socket));
    flush(&outbox, &socket);
    outbox.push_for_page(over.page, Body::text(vec![b'x'; 60]), Write::Soon).expect("small");
    outbox.push_event("moved", Policy::Latest, Body::text(vec![b'x'; 60]), Write::Now);
    let mut sent = Box::pin(outbox.push_item(over.page, body(), || false));
    assert_eq!(sent.as_mut().now_or_never(), None);
    outbox.push_event("moved", Policy::Latest, body(), Write::Now);
    flush(&outbox, &socket);
    assert_eq!(sent.now_or_never(), Some(true));
}

#[test]
fn who_waits_to_send_waits_no_longer_than_the_session() {
    let (outbox, page) = full();
    let mut sent = Box::pin(outbox.push_item(page, body(), || false));
    assert_eq!(sent.as_mut().now_or_never(), None);
    outbox.end();
    assert_eq!(sent.now_or_never(), Some(true));
    let kept = outbox.cost_bytes();
    outbox.push_for_page(page, body(), Write::Soon).expect("nobody is left to refuse it");
    assert_eq!(outbox.cost_bytes(), kept);
}

#[test]
fn a_call_that_ended_while_its_item_waited_sends_no_more() {
    let (outbox, page) = full();
    let is_over = std::cell::Cell::new(false);
    let mut sent = Box::pin(outbox.push_item(page, body(), || is_over.get()));
    assert_eq!(sent.as_mut().now_or_never(), None);
    is_over.set(true);
    outbox.resume(Standing { received: 1, have: 1 }).expect("nothing is forgotten");
    assert_eq!(sent.now_or_never(), Some(false));
}

/// A lock that is asked for by who has it already is waited for without end, and with the runtime's
/// threads goes the whole server.
#[test]
fn a_socket_that_was_replaced_is_flushed_to_its_end_and_holds_nobody_up() {
    let (done, flushed) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let (outbox, _) = full();
        let over = outbox.resume(Standing { received: 0, have: 1 }).expect("nothing is forgotten");
        let socket = Arc::new(Socket::new(tokio::io::sink()));
        assert!(outbox.attach(over.turn, &socket));
        flush(&outbox, &socket);
        outbox.resume(Standing { received: 0, have: 1 }).expect("nothing is forgotten");
        flush(&outbox, &socket);
        // Who waits for it has gone if it took too long.
        let _ = done.send(());
    });
    flushed.recv_timeout(std::time::Duration::from_secs(10)).expect("it comes to an end");
}
