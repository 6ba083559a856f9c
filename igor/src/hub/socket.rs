//! One WebSocket's sending half: frames become bytes, written by whoever has one.
//!
//! A sender writes what the kernel takes at once; the rest stays buffered, and the connection's
//! task, whose waker every write is polled with, goes on when there is room.

mod unwritten;

use std::future::{Future as _, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use tokio::io::AsyncWrite;
use tokio::task::coop::unconstrained;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use crate::hub::socket::unwritten::{LONGEST_HEADER_BYTES, Unwritten};
use crate::wire::body::Body;
use crate::wire::close::CloseCode;

/// Above so many buffered bytes no further frame is taken from the ring.
const FULL_BYTES: usize = 64 << 10;

/// So many bytes of what cannot wait, as pongs and errors are, are taken above that. A client that
/// causes more of them without reading any is closed.
const CROWD_BYTES: usize = 256 << 10;

/// The sending half of a socket.
pub(crate) struct Socket(Mutex<State>);

struct State {
    io: Box<dyn AsyncWrite + Send + Unpin>,
    unwritten: Unwritten,
    /// Bytes that were taken although the buffer was full, until it has room again.
    crowd: usize,
    /// Wakes the connection's task.
    waker: Waker,
    /// Set by the first failed write: from then on everything is thrown away.
    has_failed: bool,
    /// Why it is being closed; nothing is taken behind the close frame.
    closing: Option<CloseCode>,
    /// Whether anything was written since this was last asked.
    has_sent: bool,
}

impl Socket {
    pub(crate) fn new(io: impl AsyncWrite + Send + Unpin + 'static) -> Self {
        Socket(Mutex::new(State {
            io: Box::new(io),
            unwritten: Unwritten::default(),
            crowd: 0,
            waker: Waker::noop().clone(),
            has_failed: false,
            closing: None,
            has_sent: false,
        }))
    }

    /// Takes frames, one after the other, as long as it has room for them.
    pub(crate) fn taking(&self) -> Taking<'_> {
        Taking(self.state())
    }

    /// Buffers a text frame, given in parts.
    pub(crate) fn push(&self, parts: &[&[u8]]) {
        let mut state = self.state();
        if state.takes_frames() {
            state.count_crowd(parts.iter().map(|part| part.len()).sum());
            state.unwritten.push_frame(OpCode::Data(Data::Text), parts);
            close_if_crowded(state);
        }
    }

    /// Buffers an answer of the WebSocket itself: a pong, or the close that a close is answered by.
    pub(crate) fn push_control(&self, control: Control, payload: &[u8]) {
        let mut state = self.state();
        if state.takes_frames() {
            state.count_crowd(payload.len());
            state.unwritten.push_frame(OpCode::Control(control), &[payload]);
            close_if_crowded(state);
        }
    }

    /// Buffers a close frame and wakes the connection's task, which ends.
    pub(crate) fn close(&self, code: CloseCode) {
        close(self.state(), code);
    }

    /// Why it is being closed, if it is.
    pub(crate) fn closing(&self) -> Option<CloseCode> {
        self.state().closing
    }

    /// Writes what the kernel takes at once.
    ///
    /// What the kernel did not take, or an error, the connection's task comes to know by its
    /// waker.
    pub(crate) fn write_now(&self) {
        let mut state = self.state();
        // Taken and put back: a clone would count the task's holders, far away in memory.
        let waker = std::mem::replace(&mut state.waker, Waker::noop().clone());
        // Without the runtime's budget for one task: who sends to many has used it up after some,
        // and each of the others would be woken to write for itself, at half as much again.
        let writing = pin!(unconstrained(poll_fn(|cx| state.poll_write(cx))));
        let _ = writing.poll(&mut Context::from_waker(&waker));
        state.waker = waker;
    }

    /// Wakes the connection's task to write soon, together with what others have until then.
    pub(crate) fn write_soon(&self) {
        let waker = self.state().waker.clone();
        waker.wake();
    }

    /// Writes until the buffer is empty, in the connection's task, whose waker is kept for others.
    pub(crate) fn poll_flush(&self, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        let mut state = self.state();
        if !state.waker.will_wake(cx.waker()) {
            state.waker = cx.waker().clone();
        }
        state.poll_write(cx)
    }

    /// Whether nothing is buffered.
    pub(crate) fn is_flushed(&self) -> bool {
        self.state().unwritten.is_empty()
    }

    /// Ends the sending half.
    pub(crate) fn poll_shutdown(&self, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.state().io).poll_shutdown(cx)
    }

    /// Whether anything was written since the last time this was asked.
    pub(crate) fn take_has_sent(&self) -> bool {
        std::mem::take(&mut self.state().has_sent)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// A socket that is taking frames; nobody else writes to it meanwhile.
pub(crate) struct Taking<'a>(MutexGuard<'a, State>);

impl Taking<'_> {
    /// Whether another frame is taken now.
    pub(crate) fn has_room(&self) -> bool {
        self.0.takes_frames() && self.0.unwritten.len() < FULL_BYTES
    }

    /// Buffers the frame of a body, which is text or not; there has to be room.
    pub(crate) fn push(&mut self, prefix: &[u8], body: &Body) {
        self.0.unwritten.push_body(prefix, body);
    }
}

fn close(mut state: MutexGuard<'_, State>, code: CloseCode) {
    if !state.takes_frames() {
        return;
    }
    let payload: [&[u8]; 2] = [&code.number().to_be_bytes(), code.reason().as_bytes()];
    state.unwritten.push_frame(OpCode::Control(Control::Close), &payload);
    state.closing = Some(code);
    let waker = state.waker.clone();
    drop(state);
    waker.wake();
}

fn close_if_crowded(state: MutexGuard<'_, State>) {
    if state.crowd > CROWD_BYTES {
        close(state, CloseCode::TooSlow);
    }
}

impl State {
    fn takes_frames(&self) -> bool {
        !self.has_failed && self.closing.is_none()
    }

    fn count_crowd(&mut self, bytes: usize) {
        if self.unwritten.len() >= FULL_BYTES {
            self.crowd += bytes + LONGEST_HEADER_BYTES;
        }
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        while !self.unwritten.is_empty() {
            if self.has_failed {
                self.unwritten = Unwritten::default();
                return Poll::Ready(Err(std::io::ErrorKind::BrokenPipe.into()));
            }
            let written = match self.unwritten.poll_write(cx, Pin::new(&mut self.io)) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(0)) => Err(std::io::ErrorKind::WriteZero.into()),
                Poll::Ready(result) => result,
            };
            match written {
                Ok(bytes) => {
                    self.unwritten.advance(bytes);
                    self.has_sent = true;
                    if self.unwritten.len() < FULL_BYTES {
                        self.crowd = 0;
                    }
                }
                Err(cause) => return self.fail(cause, cx),
            }
        }
        // A burst is over: give its memory back.
        self.unwritten.shrink(FULL_BYTES);
        if self.has_failed {
            return Poll::Ready(Err(std::io::ErrorKind::BrokenPipe.into()));
        }
        // What encrypts may have taken bytes that the kernel has not.
        match Pin::new(&mut self.io).poll_flush(cx) {
            Poll::Ready(Err(cause)) => self.fail(cause, cx),
            flushed => flushed,
        }
    }

    fn fail(&mut self, cause: std::io::Error, cx: &Context<'_>) -> Poll<std::io::Result<()>> {
        self.has_failed = true;
        cx.waker().wake_by_ref();
        Poll::Ready(Err(cause))
    }
}

impl std::fmt::Debug for Socket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Socket")
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use futures_util::FutureExt as _;
    use tokio::io::{AsyncReadExt as _, BufWriter, duplex};

    use super::*;

    #[tokio::test]
    async fn what_an_encrypting_writer_holds_back_is_flushed() {
        let (io, mut other) = duplex(64);
        let socket = Socket::new(BufWriter::new(io));
        socket.push(&[b"{}"]);
        poll_fn(|cx| socket.poll_flush(cx)).await.expect("written");
        let mut frame = [0; 4];
        let read = other.read(&mut frame).now_or_never().expect("it is there").expect("read");
        assert_eq!((read, &frame), (4, b"\x81\x02{}"));
    }
}
