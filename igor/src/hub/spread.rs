//! One event to many clients, without holding up who sends it or what else the thread has to do.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::task::yield_now;

use crate::event::Policy;
use crate::hub::outbox::{Outbox, Write};
use crate::shutdown::Shutdown;
use crate::wire::body::Body;

/// So many sockets are written to without a pause, which takes about five milliseconds.
const SLICE: usize = 1024;

/// Queues the event for each of these clients, so that all have it in the order of sending, and
/// has it written: by whoever sends, which costs least, as far as one slice goes, and for the
/// others by a task that lets others run after each slice.
pub(super) fn event(
    name: &'static str,
    policy: Policy,
    body: &Body,
    mut receivers: Vec<Arc<Outbox>>,
    shutdown: &Shutdown,
) {
    // A thread that is none of the runtime's holds up nobody.
    let at_once = if Handle::try_current().is_ok() { SLICE } else { usize::MAX };
    for (index, outbox) in receivers.iter().enumerate() {
        let write = if index < at_once { Write::Now } else { Write::Later };
        outbox.push_event(name, policy, body.clone(), write);
    }
    if receivers.len() > at_once {
        let others = receivers.split_off(at_once);
        shutdown.spawn(async move {
            for slice in others.chunks(SLICE) {
                slice.iter().for_each(|outbox| outbox.write());
                yield_now().await;
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use tokio::io::{AsyncReadExt as _, DuplexStream, duplex};
    use tokio::task::coop::unconstrained;

    use crate::hub::outbox::Outbox;
    use crate::hub::socket::Socket;
    use crate::wire::WireLimits;
    use crate::wire::rules::Rules;

    use super::*;

    /// So many clients that are connected, and the other ends of their sockets.
    fn clients(count: usize) -> (Vec<Arc<Outbox>>, Vec<DuplexStream>) {
        let client = |_: usize| {
            let (io, other) = duplex(1 << 10);
            let socket = Arc::new(Socket::new(io));
            let outbox = Arc::new(Outbox::new(WireLimits::default(), Rules::default()));
            let turn = outbox.begin_page(1 << 20).turn;
            assert!(outbox.attach(turn, &socket));
            let waker = std::task::Waker::noop();
            let mut cx = std::task::Context::from_waker(waker);
            assert!(outbox.poll_flush(&socket, &mut cx).is_pending(), "nothing is there yet");
            (outbox, other)
        };
        (0..count).map(client).unzip()
    }

    /// How many have something to read.
    fn have_heard(others: &mut [DuplexStream]) -> usize {
        let mut bytes = [0; 64];
        let heard = |other: &mut DuplexStream| {
            let read = unconstrained(other.read(&mut bytes)).now_or_never();
            read.is_some_and(|read| read.expect("a pipe") > 0)
        };
        others.iter_mut().map(heard).filter(|has_heard| *has_heard).count()
    }

    #[tokio::test]
    async fn who_sends_writes_to_a_slice_at_once_and_a_task_to_the_others() {
        let (receivers, mut others) = clients(SLICE + 3);
        let shutdown = Shutdown::default();
        event(
            "said",
            Policy::Disconnect,
            &Body::text("\"action\":\"said\"}"),
            receivers,
            &shutdown,
        );
        // Not until the runtime's budget for one task is used up, but all of them.
        assert_eq!(have_heard(&mut others), SLICE);
        shutdown.tell();
        assert_eq!(shutdown.ended(std::time::Duration::from_secs(10)).await, 0);
        assert_eq!(have_heard(&mut others), 3);
    }
}
