//! What is in the outbox gets its number and goes to the socket, and from there to the kernel.

use std::sync::{Arc, MutexGuard};
use std::task::{Context, Poll, ready};

use crate::hub::outbox::{Outbox, State, Write};
use crate::hub::socket::Socket;
use crate::wire::close::CloseCode;
use crate::wire::prefix::Prefix;

/// Why nothing more is written to a socket.
#[derive(Debug)]
pub(crate) enum Ended {
    /// It is being closed; the close frame is behind what is still buffered.
    Closing(CloseCode),
    /// It failed.
    Failed(std::io::Error),
}

impl Outbox {
    /// Writes what was queued to be written later.
    pub(crate) fn write(&self) {
        self.write_out(self.state(), Write::Now);
    }

    /// The connection's task flushes next: whatever is pushed until then goes out together.
    pub(crate) fn gather(&self, socket: &Arc<Socket>) {
        let mut state = self.state();
        state.is_flush_due |= state.has_socket(socket);
    }

    /// Writes what there is, in the connection's task; ready only when nothing more can be
    /// written.
    pub(crate) fn poll_flush(&self, socket: &Arc<Socket>, cx: &mut Context<'_>) -> Poll<Ended> {
        let state = self.state();
        if state.has_socket(socket) {
            self.fill(state);
        } else {
            drop(state);
        }
        loop {
            let flushed = socket.poll_flush(cx);
            // Not only once it is flushed: who is closed for being slow may never read again.
            if let Some(code) = socket.closing() {
                return Poll::Ready(Ended::Closing(code));
            }
            if let Err(cause) = ready!(flushed) {
                return Poll::Ready(Ended::Failed(cause));
            }
            let mut state = self.state();
            if !state.has_socket(socket) {
                return Poll::Pending;
            }
            // Whoever pushes when the lock is given back wakes this task, whose waker the socket has.
            state.is_flush_due = false;
            if !self.fill(state) {
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

    /// Moves what has a place towards the socket and tells who waited for the mailbox to empty;
    /// says whether anything went into the socket's buffer.
    pub(super) fn fill(&self, mut state: MutexGuard<'_, State>) -> bool {
        let had_mail = !state.mailbox.is_empty();
        let has_filled = state.fill();
        let has_emptied = had_mail && state.mailbox.is_empty();
        drop(state);
        if has_emptied {
            self.emptied.notify_waiters();
        }
        has_filled
    }

    /// Has what was pushed written, unless that is going to happen anyway.
    pub(super) fn write_out(&self, mut state: MutexGuard<'_, State>, write: Write) {
        if state.is_flush_due {
            return;
        }
        let socket = state.socket.clone();
        match (socket, write) {
            (Some(socket), Write::Soon) => {
                state.is_flush_due = true;
                drop(state);
                socket.write_soon();
            }
            (Some(socket), Write::Now) => {
                self.fill(state);
                socket.write_now();
            }
            (Some(_), Write::Later) => {}
            (None, _) => {
                self.fill(state);
            }
        }
    }
}

impl State {
    /// Moves mail into the ring and from the ring into the socket's buffer, as far as there is
    /// room; says whether anything went into the buffer.
    pub(super) fn fill(&mut self) -> bool {
        while let Some(body) = self.mailbox.take(|bytes| self.link.has_place(bytes)) {
            self.link.push(body);
        }
        self.is_catching_up &= !self.mailbox.is_empty();
        let Some(socket) = &self.socket else { return false };
        let mut socket = socket.taking();
        let mut prefix = Prefix::new();
        let mut has_filled = false;
        while socket.has_room() {
            let Some(body) = self.link.next_frame(&mut prefix) else { break };
            socket.push(prefix.as_bytes(), body);
            has_filled = true;
        }
        has_filled
    }
}
