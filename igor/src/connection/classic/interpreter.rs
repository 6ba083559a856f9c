//! Between igor and the socket of a classic client: what is written here in `igor.1` goes out in
//! the classic dialect.
//!
//! It stands where encryption stands, below everything that knows a frame's number or place in the
//! ring, so that none of that has a second form. Bytes of frames come in as they may be cut; what a
//! frame becomes goes out before anything else is taken, so that a client that does not read holds
//! up its own outbox and nothing grows here.

use std::io::{self, Cursor};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, BufMut as _, BytesMut};
use tokio::io::AsyncWrite;
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::connection::classic::notes::Notes;
use crate::wire::body::LENGTH_BYTES;

/// The writing half of a classic client's socket.
pub(super) struct Interpreter<W> {
    io: W,
    /// What was written of a frame that is not whole yet.
    heard: BytesMut,
    /// What is to go out.
    said: BytesMut,
    /// The connection reads them.
    notes: Arc<Notes>,
}

impl<W: AsyncWrite + Unpin> Interpreter<W> {
    pub(super) fn new(io: W, notes: Arc<Notes>) -> Self {
        Interpreter { io, heard: BytesMut::new(), said: BytesMut::new(), notes }
    }

    /// Interprets every frame that is whole.
    fn interpret(&mut self) {
        while let Some((header, payload)) = self.next_frame() {
            let json = match header.opcode {
                OpCode::Data(Data::Binary) => json_of(&payload),
                OpCode::Data(_) => &payload,
                // Pings, pongs and closes are the same in every dialect.
                OpCode::Control(_) => {
                    self.say(header.opcode, &payload);
                    continue;
                }
            };
            let is_binary = header.opcode == OpCode::Data(Data::Binary);
            let json = std::str::from_utf8(json).unwrap_or_default();
            for frame in self.notes.translate(json, is_binary) {
                self.say(OpCode::Data(Data::Text), frame.as_bytes());
            }
        }
    }

    /// Takes out the first frame, if it is whole.
    fn next_frame(&mut self) -> Option<(FrameHeader, BytesMut)> {
        let mut cursor = Cursor::new(&self.heard[..]);
        // This program has written it, whole and without a mask.
        let (header, length) = FrameHeader::parse(&mut cursor).ok()??;
        let start = usize::try_from(cursor.position()).ok()?;
        let length = usize::try_from(length).ok()?;
        if self.heard.len() - start < length {
            return None;
        }
        self.heard.advance(start);
        Some((header, self.heard.split_to(length)))
    }

    fn say(&mut self, opcode: OpCode, payload: &[u8]) {
        let header = FrameHeader { opcode, ..Default::default() };
        // Writing to memory cannot fail.
        let _ = header.format(payload.len() as u64, &mut (&mut self.said).writer());
        self.said.put_slice(payload);
    }

    /// Ready when nothing is left to go out.
    fn poll_said(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.said.is_empty() {
            match ready!(Pin::new(&mut self.io).poll_write(cx, &self.said))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                bytes => self.said.advance(bytes),
            }
        }
        self.said = BytesMut::new();
        Poll::Ready(Ok(()))
    }
}

impl<W: AsyncWrite + Unpin> AsyncWrite for Interpreter<W> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_said(cx))?;
        self.heard.put_slice(bytes);
        self.interpret();
        if self.heard.is_empty() {
            // A burst is over: give its memory back.
            self.heard = BytesMut::new();
        }
        // What the socket does not take now goes out before more is taken.
        match self.poll_said(cx) {
            Poll::Ready(Err(cause)) => Poll::Ready(Err(cause)),
            _ => Poll::Ready(Ok(bytes.len())),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_said(cx))?;
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_said(cx))?;
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

/// The JSON of a binary frame.
fn json_of(payload: &[u8]) -> &[u8] {
    let Some((length, behind)) = payload.split_first_chunk::<LENGTH_BYTES>() else { return b"" };
    let length = u32::from_le_bytes(*length) as usize;
    behind.get(..length).unwrap_or_default()
}
