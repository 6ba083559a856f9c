//! Bytes on their way to the kernel: frames, one behind the other.
//!
//! Small ones are copied into one buffer. A large body is shared with whoever keeps it, and is given
//! to the kernel together with what stands before and behind it.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use tokio::io::AsyncWrite;
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::wire::body::{Body, LENGTH_BYTES};

/// The header of a frame without a mask: two bytes and a length of eight.
pub(super) const LONGEST_HEADER_BYTES: usize = 10;

/// So many bytes in one piece are written from where they are, and not copied into the buffer.
const LARGE_BYTES: usize = 16 << 10;

/// So many pieces are given to the kernel at once.
const MOST_PIECES: usize = 8;

/// What is still to be written.
#[derive(Debug, Default)]
pub(super) struct Unwritten {
    /// Large parts and what was in the buffer before them.
    pieces: VecDeque<Bytes>,
    /// The bytes of all of them.
    pieces_bytes: usize,
    /// What stands behind them.
    buffer: BytesMut,
}

impl Unwritten {
    pub(super) fn len(&self) -> usize {
        self.pieces_bytes + self.buffer.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends the frame of a body, which is text or not, with its numbers in front.
    pub(super) fn push_body(&mut self, prefix: &[u8], body: &Body) {
        let length = prefix.len() + body.len();
        let Some(attachments) = body.attachments() else {
            self.push_header(OpCode::Data(Data::Text), length);
            self.buffer.put_slice(prefix);
            return self.put(body.json());
        };
        self.push_header(OpCode::Data(Data::Binary), length);
        // No JSON is as long as that: a message has its limit.
        let json_bytes = u32::try_from(prefix.len() + body.json().len()).unwrap_or(u32::MAX);
        self.buffer.put_u32_le(json_bytes);
        self.buffer.put_slice(prefix);
        self.put(body.json());
        for attachment in attachments {
            self.put(attachment);
        }
    }

    /// Appends one small frame, given in parts.
    pub(super) fn push_frame(&mut self, opcode: OpCode, parts: &[&[u8]]) {
        self.push_header(opcode, parts.iter().map(|part| part.len()).sum());
        for part in parts {
            self.buffer.put_slice(part);
        }
    }

    /// Appends the header of a whole message of so many bytes; a server does not mask.
    fn push_header(&mut self, opcode: OpCode, length: usize) {
        self.buffer.reserve(LONGEST_HEADER_BYTES + LENGTH_BYTES + length.min(LARGE_BYTES));
        let header = FrameHeader { opcode, ..Default::default() };
        // Writing to memory cannot fail.
        let _ = header.format(length as u64, &mut (&mut self.buffer).writer());
    }

    /// Appends bytes; where there are many they stay where they are.
    fn put(&mut self, bytes: &Bytes) {
        if bytes.len() < LARGE_BYTES {
            return self.buffer.put_slice(bytes);
        }
        let before = self.buffer.split().freeze();
        self.pieces_bytes += before.len() + bytes.len();
        self.pieces.extend(Some(before).filter(|before| !before.is_empty()));
        self.pieces.push_back(bytes.clone());
    }

    /// Writes from the beginning; says how many bytes were, which [`advance`](Self::advance) is to
    /// take away.
    pub(super) fn poll_write(
        &self,
        cx: &mut Context<'_>,
        io: Pin<&mut (impl AsyncWrite + ?Sized)>,
    ) -> Poll<io::Result<usize>> {
        if self.pieces.is_empty() {
            return io.poll_write(cx, &self.buffer);
        }
        let all = self.pieces.iter().map(Bytes::as_ref).chain([self.buffer.as_ref()]);
        let mut slices = [IoSlice::new(&[]); MOST_PIECES];
        for (slice, piece) in slices.iter_mut().zip(all) {
            *slice = IoSlice::new(piece);
        }
        io.poll_write_vectored(cx, &slices)
    }

    /// Takes so many bytes that were written from the beginning.
    pub(super) fn advance(&mut self, mut bytes: usize) {
        while let Some(first) = self.pieces.front_mut() {
            let of_first = bytes.min(first.len());
            first.advance(of_first);
            self.pieces_bytes -= of_first;
            bytes -= of_first;
            if !first.is_empty() {
                return;
            }
            self.pieces.pop_front();
        }
        self.buffer.advance(bytes);
    }

    /// Gives back the memory of a buffer that is empty and larger than that.
    pub(super) fn shrink(&mut self, most_bytes: usize) {
        if self.buffer.is_empty() && self.buffer.capacity() > most_bytes {
            self.buffer = BytesMut::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use tokio::io::{AsyncReadExt as _, duplex};

    use super::*;

    /// Writes all of it through a pipe that takes so many bytes at once, and gives the letters.
    fn letters_of(mut unwritten: Unwritten, at_once: usize) -> String {
        let (mut io, mut other) = duplex(at_once);
        let mut cx = Context::from_waker(std::task::Waker::noop());
        let mut written = Vec::new();
        while !unwritten.is_empty() {
            if let Poll::Ready(bytes) = unwritten.poll_write(&mut cx, Pin::new(&mut io)) {
                unwritten.advance(bytes.expect("a pipe"));
            }
            let _ = other.read_buf(&mut written).now_or_never();
        }
        drop(io);
        other.read_to_end(&mut written).now_or_never().expect("it is all there").expect("a pipe");
        written.into_iter().filter(u8::is_ascii_lowercase).map(char::from).collect()
    }

    #[test]
    fn large_parts_one_behind_the_other_are_all_written_whatever_is_taken_at_once() {
        let large = |sign: u8| Bytes::from(vec![sign; LARGE_BYTES]);
        let small = Body::text("x");
        let text = Body::text(large(b't'));
        let binary = Body::binary("}", vec![large(b'a'), large(b'b')]);
        for at_once in [1000, LARGE_BYTES, 3 * LARGE_BYTES + 1, usize::MAX >> 1] {
            let mut unwritten = Unwritten::default();
            for body in [&small, &text, &binary, &small, &text, &small] {
                unwritten.push_body(b"{", body);
            }
            let written = letters_of(unwritten, at_once);
            assert_eq!(written.len(), 4 * LARGE_BYTES + 3, "{at_once} at once");
            let mut signs = written.into_bytes();
            signs.dedup();
            assert_eq!(signs, b"xtabxtx", "{at_once} at once");
        }
    }
}
