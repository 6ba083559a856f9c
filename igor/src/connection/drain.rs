//! The end of a server, as a connection waits for it.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use crate::hub::outbox::Outbox;
use crate::hub::socket::Socket;
use crate::session::calls::Calls;

/// Waits until the calls of a page have ended and what they said is written, so long at most.
pub(super) async fn drained(
    outbox: Arc<Outbox>,
    calls: Arc<Calls>,
    socket: Arc<Socket>,
    longest: Duration,
) {
    let all_is_done = async {
        calls.ended().await;
        poll_fn(|cx| outbox.poll_written(&socket, cx)).await;
    };
    // Its time is over otherwise.
    let _ = tokio::time::timeout(longest, all_is_done).await;
}
