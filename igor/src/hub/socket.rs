//! One WebSocket's sending half: frames become bytes, written by whoever has one.
//!
//! A sender writes what the kernel takes at once; the rest stays buffered, and the connection's
//! task, whose waker every write is polled with, goes on when there is room.

use std::collections::VecDeque;
use std::future::{Future as _, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use tokio::io::AsyncWrite;
use tokio::task::coop::unconstrained;
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use crate::wire::body::{Body, LENGTH_BYTES};
use crate::wire::close::CloseCode;

/// Above so many buffered bytes no further frame is taken from the ring.
const FULL_BYTES: usize = 64 << 10;

/// So many bytes of what cannot wait, as pongs and errors are, are taken above that. A client that
/// causes more of them without reading any is closed.
const CROWD_BYTES: usize = 256 << 10;

/// The header of a frame without a mask: two bytes and a length of eight.
const LONGEST_HEADER_BYTES: usize = 10;

/// So many bytes in one piece are written from where they are, and not copied into the buffer.
const LARGE_BYTES: usize = 16 << 10;

/// The sending half of a socket.
pub(crate) struct Socket(Mutex<State>);

struct State {
    io: Box<dyn AsyncWrite + Send + Unpin>,
    /// What is to be written before what is in the buffer, and is not to be copied into it.
    large: VecDeque<Bytes>,
    /// The bytes of all of them.
    large_bytes: usize,
    buffer: BytesMut,
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
            large: VecDeque::new(),
            large_bytes: 0,
            buffer: BytesMut::new(),
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
            state.push_frame(OpCode::Data(Data::Text), parts);
            close_if_crowded(state);
        }
    }

    /// Buffers an answer of the WebSocket itself: a pong, or the close that a close is answered by.
    pub(crate) fn push_control(&self, control: Control, payload: &[u8]) {
        let mut state = self.state();
        if state.takes_frames() {
            state.count_crowd(payload.len());
            state.push_frame(OpCode::Control(control), &[payload]);
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
        let waker = state.waker.clone();
        // Without the runtime's budget for one task: who sends to many has used it up after some,
        // and each of the others would be woken to write for itself, at half as much again.
        let mut writing = pin!(unconstrained(poll_fn(|cx| state.poll_write(cx))));
        let _ = writing.as_mut().poll(&mut Context::from_waker(&waker));
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
        self.state().buffered() == 0
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
        self.0.takes_frames() && self.0.buffered() < FULL_BYTES
    }

    /// Buffers the frame of a body, which is text or not; there has to be room.
    pub(crate) fn push(&mut self, prefix: &[u8], body: &Body) {
        match body.attachments() {
            Some(attachments) => self.0.push_binary(prefix, body.json(), attachments),
            None => self.0.push_json(prefix, body.json()),
        }
    }
}

fn close(mut state: MutexGuard<'_, State>, code: CloseCode) {
    if !state.takes_frames() {
        return;
    }
    let payload: [&[u8]; 2] = [&code.number().to_be_bytes(), code.reason().as_bytes()];
    state.push_frame(OpCode::Control(Control::Close), &payload);
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
        if self.buffered() >= FULL_BYTES {
            self.crowd += bytes + LONGEST_HEADER_BYTES;
        }
    }

    /// Bytes that are still to be written.
    fn buffered(&self) -> usize {
        self.large_bytes + self.buffer.len()
    }

    /// Appends the text frame of a body.
    fn push_json(&mut self, prefix: &[u8], json: &Bytes) {
        let length = prefix.len() + json.len();
        self.push_header(OpCode::Data(Data::Text), length);
        self.buffer.put_slice(prefix);
        self.put(json);
    }

    /// Appends a binary frame.
    fn push_binary(&mut self, prefix: &[u8], json: &Bytes, attachments: &[Bytes]) {
        let json_bytes = prefix.len() + json.len();
        let behind = attachments.iter().map(Bytes::len).sum::<usize>();
        self.push_header(OpCode::Data(Data::Binary), LENGTH_BYTES + json_bytes + behind);
        // No JSON is as long as that: a message has its limit.
        self.buffer.put_u32_le(u32::try_from(json_bytes).unwrap_or(u32::MAX));
        self.buffer.put_slice(prefix);
        self.put(json);
        for attachment in attachments {
            self.put(attachment);
        }
    }

    /// Appends bytes; where there are many they stay where they are.
    fn put(&mut self, bytes: &Bytes) {
        if bytes.len() < LARGE_BYTES {
            return self.buffer.put_slice(bytes);
        }
        let before = self.buffer.split().freeze();
        self.large_bytes += before.len() + bytes.len();
        // An empty one could not be written.
        self.large.extend(Some(before).filter(|before| !before.is_empty()));
        self.large.push_back(bytes.clone());
    }

    /// Takes so many bytes that were written from what is first.
    fn advance(&mut self, bytes: usize) {
        let Some(first) = self.large.front_mut() else { return self.buffer.advance(bytes) };
        self.large_bytes -= bytes;
        first.advance(bytes);
        if first.is_empty() {
            self.large.pop_front();
        }
    }

    /// Throws away what is still to be written.
    fn clear(&mut self) {
        self.large.clear();
        self.large_bytes = 0;
        self.buffer.clear();
    }

    /// Appends one small frame, given in parts.
    fn push_frame(&mut self, opcode: OpCode, parts: &[&[u8]]) {
        self.push_header(opcode, parts.iter().map(|part| part.len()).sum());
        for part in parts {
            self.buffer.put_slice(part);
        }
    }

    /// Appends the header of a whole message of so many bytes; a server does not mask.
    fn push_header(&mut self, opcode: OpCode, length: usize) {
        self.buffer.reserve(LONGEST_HEADER_BYTES + length.min(LARGE_BYTES));
        let header = FrameHeader { opcode, ..Default::default() };
        // Writing to memory cannot fail.
        let _ = header.format(length as u64, &mut (&mut self.buffer).writer());
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        while self.buffered() > 0 {
            if self.has_failed {
                self.clear();
                return Poll::Ready(Err(std::io::ErrorKind::BrokenPipe.into()));
            }
            let first = self.large.front().map_or(&self.buffer[..], |large| large);
            let written = match Pin::new(&mut self.io).poll_write(cx, first) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(0)) => Err(std::io::ErrorKind::WriteZero.into()),
                Poll::Ready(result) => result,
            };
            match written {
                Ok(bytes) => {
                    self.advance(bytes);
                    self.has_sent = true;
                    if self.buffered() < FULL_BYTES {
                        self.crowd = 0;
                    }
                }
                Err(cause) => return self.fail(cause),
            }
        }
        if self.buffer.capacity() > FULL_BYTES {
            // A burst is over: give its memory back.
            self.buffer = BytesMut::new();
        }
        if self.has_failed {
            return Poll::Ready(Err(std::io::ErrorKind::BrokenPipe.into()));
        }
        // What encrypts may have taken bytes that the kernel has not.
        match Pin::new(&mut self.io).poll_flush(cx) {
            Poll::Ready(Err(cause)) => self.fail(cause),
            flushed => flushed,
        }
    }

    fn fail(&mut self, cause: std::io::Error) -> Poll<std::io::Result<()>> {
        self.has_failed = true;
        self.waker.wake_by_ref();
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

    #[tokio::test]
    async fn large_parts_one_behind_the_other_are_all_written() {
        let (io, mut other) = duplex(1 << 20);
        let socket = Socket::new(io);
        let large = |sign: u8| Bytes::from(vec![sign; LARGE_BYTES]);
        let text = Body::text(large(b't'));
        let binary = Body::binary("}", vec![large(b'a'), large(b'b')]);
        for body in [&text, &binary, &text] {
            socket.taking().push(b"{", body);
        }
        let bytes = socket.state().buffered();
        poll_fn(|cx| socket.poll_flush(cx)).await.expect("written");
        let mut written = vec![0; bytes];
        other.read_exact(&mut written).await.expect("all of it");
        let mut parts: Vec<u8> = written.into_iter().filter(u8::is_ascii_lowercase).collect();
        assert_eq!(parts.len(), 4 * LARGE_BYTES);
        parts.dedup();
        assert_eq!(parts, b"tabt");
    }
}
