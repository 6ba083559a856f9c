//! The outbox of one client: what it is still to get, over whichever socket is there.
//!
//! A body that is pushed waits in the mailbox until the ring has a place; in the ring it gets its
//! number, in the order of writing, and stays until the client has acknowledged it. One lock, held
//! shortly, keeps the order; the socket has a lock of its own below it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::sync::Notify;

use crate::error::Error;
use crate::hub::socket::Socket;
use crate::wire::WireLimits;
use crate::wire::close::CloseCode;
use crate::wire::frame::{Asks, Prefix, beat, check_size};
use crate::wire::ring::{NeverSent, Ring};
use crate::wire::sequence::{AckDue, Received, Verdict};

/// Numbered frames of one client, in both directions.
#[derive(Debug)]
pub(crate) struct Outbox {
    state: Mutex<State>,
    /// Told when the mailbox has emptied: whoever sends outputs waits for it.
    emptied: Notify,
    limits: WireLimits,
}

#[derive(Debug)]
struct State {
    /// The page whose frames these are; what an earlier page's calls still produce is refused.
    page: u64,
    mailbox: VecDeque<Bytes>,
    mailbox_bytes: usize,
    ring: Ring,
    /// The highest number that went into the socket's buffer.
    written: u64,
    received: Received,
    ack_due: AckDue,
    /// The socket of the client, `None` while it is away. Its connection holds it too.
    socket: Option<Arc<Socket>>,
}

/// Why nothing more is written to a socket.
#[derive(Debug)]
pub(crate) enum Ended {
    /// The last bytes went out, a close frame.
    Closing(CloseCode),
    /// It failed.
    Failed(std::io::Error),
}

/// What begins with a page.
#[derive(Debug)]
pub(crate) struct NewPage {
    /// The number by which the outbox knows the page.
    pub(crate) number: u64,
    /// The socket of the page before it, which is of no more use.
    pub(crate) socket_before: Option<Arc<Socket>>,
}

/// How soon something that was pushed is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Write {
    /// By the pushing task, at once.
    Now,
    /// By the connection's task, together with what others push until it runs.
    Soon,
}

impl Outbox {
    /// An outbox of a client that has no socket yet.
    pub(crate) fn new(limits: WireLimits) -> Self {
        let state = State {
            page: 0,
            mailbox: VecDeque::new(),
            mailbox_bytes: 0,
            ring: Ring::new(limits.ring_frames, limits.ring_bytes),
            written: 0,
            received: Received::default(),
            ack_due: AckDue::for_ring(limits.ring_bytes),
            socket: None,
        };
        Outbox { state: Mutex::new(state), emptied: Notify::new(), limits }
    }

    /// Starts again for a new page of the client: numbers from 1, nothing waiting, no socket yet.
    /// What the page before it was still to get is thrown away.
    pub(crate) fn begin_page(&self, client_ring_bytes: usize) -> NewPage {
        let mut state = self.state();
        state.page += 1;
        state.mailbox.clear();
        state.mailbox_bytes = 0;
        state.ring = Ring::new(self.limits.ring_frames, self.limits.ring_bytes);
        state.written = 0;
        state.received = Received::default();
        state.ack_due = AckDue::for_ring(client_ring_bytes);
        let page = NewPage { number: state.page, socket_before: state.socket.take() };
        drop(state);
        self.emptied.notify_waiters();
        page
    }

    /// Sends over this socket from now on, unless a newer page has begun; says whether it does.
    pub(crate) fn attach(&self, page: u64, socket: &Arc<Socket>) -> bool {
        let mut state = self.state();
        let is_current = state.page == page;
        if is_current {
            state.socket = Some(Arc::clone(socket));
            state.fill();
        }
        is_current
    }

    /// The socket is gone, unless another one has taken its place; says whether it had not.
    pub(crate) fn detach(&self, socket: &Arc<Socket>) -> bool {
        let mut state = self.state();
        let is_mine = state.has_socket(socket);
        if is_mine {
            state.socket = None;
        }
        is_mine
    }

    /// Queues a body that belongs to no page, an event. It never waits.
    pub(crate) fn push(&self, body: Bytes) {
        let state = self.state();
        self.push_into(state, body, Write::Now);
    }

    /// Queues a body of a call of the page with this number.
    ///
    /// # Errors
    ///
    /// `too_large` when no message may be so large. A page that is over takes nothing, in silence:
    /// nobody is left to read it.
    pub(crate) fn push_for_page(&self, page: u64, body: Bytes, write: Write) -> Result<(), Error> {
        check_size(&body, self.limits.message_bytes)?;
        let state = self.state();
        if state.page == page {
            self.push_into(state, body, write);
        }
        Ok(())
    }

    /// Waits until nothing is left in the mailbox, so that who produces much does not overrun a
    /// slow client.
    pub(crate) async fn emptied(&self) {
        loop {
            let emptied = self.emptied.notified();
            if self.state().mailbox.is_empty() {
                return;
            }
            emptied.await;
        }
    }

    /// Judges the number of a frame that came over this socket. A socket that was superseded
    /// delivers nothing.
    pub(crate) fn receive(&self, socket: &Arc<Socket>, n: u64, bytes: usize) -> Verdict {
        let mut state = self.state();
        if !state.has_socket(socket) {
            return Verdict::Drop;
        }
        state.received.judge(n, bytes)
    }

    /// The client has everything up to `n`.
    pub(crate) fn acknowledge(&self, socket: &Arc<Socket>, n: u64) -> Result<(), NeverSent> {
        let mut state = self.state();
        if !state.has_socket(socket) {
            return Ok(());
        }
        state.ring.acknowledge(n)?;
        let had_mail = !state.mailbox.is_empty();
        state.fill();
        let has_emptied = had_mail && state.mailbox.is_empty();
        drop(state);
        if has_emptied {
            self.emptied.notify_waiters();
        }
        Ok(())
    }

    /// Says that the client is heard, in a frame of its own where none else has gone out.
    pub(crate) fn beat(&self, socket: &Socket, asks: Asks) {
        let mut state = self.state();
        state.received.told();
        socket.push(&[&beat(state.received.last(), asks)]);
    }

    /// Sends a bare acknowledgement if much was received since the last.
    pub(crate) fn acknowledge_if_due(&self, socket: &Socket) {
        let state = self.state();
        let is_due = state.received.is_ack_due(state.ack_due);
        drop(state);
        if is_due {
            self.beat(socket, Asks::Nothing);
        }
    }

    /// Writes what there is, in the connection's task; ready only when nothing more can be
    /// written.
    pub(crate) fn poll_flush(&self, socket: &Arc<Socket>, cx: &mut Context<'_>) -> Poll<Ended> {
        loop {
            if let Err(cause) = ready!(socket.poll_flush(cx)) {
                return Poll::Ready(Ended::Failed(cause));
            }
            if let Some(code) = socket.closing() {
                return Poll::Ready(Ended::Closing(code));
            }
            let mut state = self.state();
            if !state.has_socket(socket) || !state.fill() {
                return Poll::Pending;
            }
        }
    }

    /// Ready when everything that fits into the ring was written, or nothing more can be.
    pub(crate) fn poll_written(&self, socket: &Arc<Socket>, cx: &mut Context<'_>) -> Poll<()> {
        if self.poll_flush(socket, cx).is_ready() {
            return Poll::Ready(());
        }
        let state = self.state();
        if socket.is_flushed() && state.mailbox.is_empty() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    /// The socket that the client has now.
    pub(crate) fn socket(&self) -> Option<Arc<Socket>> {
        self.state().socket.clone()
    }

    fn push_into(&self, mut state: MutexGuard<'_, State>, body: Bytes, write: Write) {
        let kept = state.mailbox_bytes + state.ring.bytes();
        let socket = state.socket.clone();
        if kept > 0 && kept + body.len() > self.limits.client_bytes {
            drop(state);
            if let Some(socket) = socket {
                socket.close(CloseCode::TooSlow);
            }
            return;
        }
        state.mailbox_bytes += body.len();
        state.mailbox.push_back(body);
        let has_more = state.fill();
        drop(state);
        if let (Some(socket), true) = (socket, has_more) {
            match write {
                Write::Now => socket.write_now(),
                Write::Soon => socket.write_soon(),
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds this lock.
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl State {
    fn has_socket(&self, socket: &Arc<Socket>) -> bool {
        self.socket.as_ref().is_some_and(|mine| Arc::ptr_eq(mine, socket))
    }

    /// Moves mail into the ring and from the ring into the socket's buffer, as far as there is
    /// room; says whether anything went into the buffer.
    fn fill(&mut self) -> bool {
        while let Some(body) = self.mailbox.front() {
            if !self.ring.has_place(body.len()) {
                break;
            }
            if let Some(body) = self.mailbox.pop_front() {
                self.mailbox_bytes -= body.len();
                self.ring.push(body);
            }
        }
        let Some(socket) = &self.socket else { return false };
        let mut has_filled = false;
        while self.written < self.ring.newest() && socket.has_room() {
            self.written += 1;
            if let Some(body) = self.ring.body(self.written) {
                let prefix = Prefix::new(self.written, self.received.last());
                socket.push(&[prefix.as_bytes(), body]);
                self.received.told();
                has_filled = true;
            }
        }
        has_filled
    }
}
