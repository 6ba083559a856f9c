//! The outbox of a client whose sockets come and go.

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

#[test]
fn who_waits_to_send_goes_on_when_a_resume_makes_room() {
    let (outbox, _) = full();
    let mut emptied = Box::pin(outbox.emptied());
    assert_eq!(emptied.as_mut().now_or_never(), None);
    let over = outbox.resume(Standing { received: 1, have: 1 }).expect("nothing is forgotten");
    let socket = Arc::new(Socket::new(duplex(1 << 10).0));
    assert!(outbox.attach(over.turn, &socket));
    assert_eq!(emptied.now_or_never(), Some(()));
}

#[test]
fn who_waits_to_send_goes_on_when_a_newer_event_takes_the_place() {
    let limits = WireLimits { ring_bytes: 100, ..WireLimits::default() };
    let outbox = Outbox::new(limits, Rules::default());
    let over = outbox.begin_page(1 << 20);
    assert!(outbox.attach(over.turn, &Arc::new(Socket::new(duplex(1 << 10).0))));
    outbox.push_for_page(over.page, Body::text(vec![b'x'; 60]), Write::Soon).expect("small");
    outbox.push_event("moved", Policy::Latest, Body::text(vec![b'x'; 60]));
    let mut emptied = Box::pin(outbox.emptied());
    assert_eq!(emptied.as_mut().now_or_never(), None);
    outbox.push_event("moved", Policy::Latest, body());
    assert_eq!(emptied.now_or_never(), Some(()));
}

#[test]
fn who_waits_to_send_waits_no_longer_than_the_session() {
    let (outbox, page) = full();
    let mut emptied = Box::pin(outbox.emptied());
    assert_eq!(emptied.as_mut().now_or_never(), None);
    outbox.end();
    assert_eq!(emptied.now_or_never(), Some(()));
    let kept = outbox.cost_bytes();
    outbox.push_for_page(page, body(), Write::Soon).expect("nobody is left to refuse it");
    assert_eq!(outbox.cost_bytes(), kept);
}
