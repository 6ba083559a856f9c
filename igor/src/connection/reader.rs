//! A message is read: the frames of RFC 6455, section 5, put together within bounds.
//!
//! tungstenite knows the headers; it could read the rest too, but keeps a buffer as large as the
//! largest message for as long as a socket lives, and hears any number of empty pieces without
//! pause.

use std::io::Cursor;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use crate::hub::socket::Socket;
use crate::wire::close::CloseCode;

/// Reads so much at once, unless the rest of a frame is longer.
const READ_BYTES: usize = 4 << 10;

/// Room behind the payload of a long frame. Were its last read as long as there is room, the runtime
/// would ask the system once more whether there is anything.
const BEHIND_BYTES: usize = 64;

/// So much room is made for a long frame before any of it has come, which is all of a message by
/// default. A frame may say that it is as long as any message may be, and then not come.
const FIRST_BYTES: usize = 1 << 20;

/// A piece of a message counts as so much at least towards the limit of a message, so that empty
/// ones come to an end too.
const LEAST_PIECE_BYTES: usize = 64;

/// The longest payload of a ping, a pong or a close.
const MOST_CONTROL_BYTES: usize = 125;

/// A message of a client.
#[derive(Debug)]
pub(super) enum Message {
    Text(Utf8Bytes),
    Binary(Bytes),
    /// A ping, which is answered already, or a pong.
    Sign,
}

/// Why there is no message any more: the code to close with, unless the other end is gone.
pub(super) type End = Option<CloseCode>;

/// The receiving half of a socket.
#[derive(Debug)]
pub(super) struct Reader<R> {
    io: R,
    /// Where pongs go.
    socket: Arc<Socket>,
    /// What was read behind the last frame.
    buffer: BytesMut,
    /// A frame whose header was read, and so much of its payload as was.
    frame: Option<(FrameHeader, usize, BytesMut)>,
    /// A message whose last piece is still to come.
    pieces: Option<Pieces>,
    /// Bytes of the largest message.
    most_bytes: usize,
    /// Whether anything was read since this was last asked.
    has_read: bool,
    /// Whether the other end sends nothing more.
    is_at_end: bool,
}

/// The beginning of a message.
#[derive(Debug)]
struct Pieces {
    kind: Data,
    payload: BytesMut,
    /// What it counts as.
    bytes: usize,
}

impl<R: AsyncRead + Unpin> Reader<R> {
    /// Reads messages of so many bytes at most, first from `read_ahead`.
    pub(super) fn new(io: R, socket: &Arc<Socket>, read_ahead: Bytes, most_bytes: usize) -> Self {
        Reader {
            io,
            socket: Arc::clone(socket),
            buffer: BytesMut::from(read_ahead),
            frame: None,
            pieces: None,
            most_bytes,
            has_read: false,
            is_at_end: false,
        }
    }

    /// Reads the next message.
    ///
    /// # Cancel safety
    ///
    /// Nothing that was read is lost when the future is dropped.
    pub(super) async fn next(&mut self) -> Result<Message, End> {
        loop {
            while let Some((header, payload)) = self.whole_frame()? {
                let payload = unmasked(payload, header.mask.unwrap_or_default());
                if let Some(message) = self.take(&header, payload)? {
                    return Ok(message);
                }
            }
            let read = match &mut self.frame {
                Some((_, length, payload)) => {
                    let read = self.io.read_buf(payload).await;
                    // It may have read into the next frame.
                    self.buffer.extend_from_slice(payload.get(*length..).unwrap_or_default());
                    payload.truncate(*length);
                    read
                }
                None => {
                    self.buffer.reserve(READ_BYTES);
                    self.io.read_buf(&mut self.buffer).await
                }
            };
            // A connection that is lost is no violation: the session waits for the next.
            self.is_at_end = matches!(read, Ok(0) | Err(_));
            if self.is_at_end {
                return Err(None);
            }
            self.has_read = true;
        }
    }

    /// Whether anything was read since the last time this was asked.
    pub(super) fn take_has_read(&mut self) -> bool {
        std::mem::take(&mut self.has_read)
    }

    /// Whether the other end has left.
    pub(super) fn is_at_end(&self) -> bool {
        self.is_at_end
    }

    /// What is read from, for whoever needs no more messages.
    pub(super) fn io(&mut self) -> &mut R {
        &mut self.io
    }

    /// Takes a frame out if all of it was read.
    fn whole_frame(&mut self) -> Result<Option<(FrameHeader, BytesMut)>, End> {
        if self.frame.is_none() {
            let mut cursor = Cursor::new(&self.buffer);
            let Ok(parsed) = FrameHeader::parse(&mut cursor) else {
                return Err(Some(CloseCode::Protocol));
            };
            let Some((header, length)) = parsed else { return Ok(None) };
            let end_of_header = cursor.position() as usize;
            let length = self.check(&header, length)?;
            let _ = self.buffer.split_to(end_of_header);
            if length <= self.buffer.len() {
                return Ok(Some((header, self.buffer.split_to(length))));
            }
            // Room of its own, which goes with the message.
            let mut payload = BytesMut::with_capacity(length.min(FIRST_BYTES) + BEHIND_BYTES);
            payload.extend_from_slice(&self.buffer);
            self.buffer.clear();
            self.frame = Some((header, length, payload));
        }
        let whole = self.frame.take_if(|(_, length, payload)| payload.len() == *length);
        Ok(whole.map(|(header, _, payload)| (header, payload)))
    }

    /// Whether a frame may be as its header says; gives the length of its payload.
    fn check(&self, header: &FrameHeader, length: u64) -> Result<usize, End> {
        let is_reserved = header.rsv1 || header.rsv2 || header.rsv3;
        let is_sound = match header.opcode {
            OpCode::Control(Control::Reserved(_)) | OpCode::Data(Data::Reserved(_)) => false,
            OpCode::Control(_) => header.is_final && length <= MOST_CONTROL_BYTES as u64,
            OpCode::Data(Data::Continue) => self.pieces.is_some(),
            OpCode::Data(_) => self.pieces.is_none(),
        };
        if is_reserved || !is_sound || header.mask.is_none() {
            return Err(Some(CloseCode::Protocol));
        }
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let before = self.pieces.as_ref().map_or(0, |pieces| pieces.bytes);
        if before.saturating_add(length) > self.most_bytes {
            return Err(Some(CloseCode::TooLarge));
        }
        Ok(length)
    }

    /// Does what a frame says; gives the message that it is or completes.
    fn take(&mut self, header: &FrameHeader, payload: BytesMut) -> Result<Option<Message>, End> {
        let kind = match header.opcode {
            OpCode::Control(Control::Close) => return Err(self.closed(&payload)),
            OpCode::Control(control) => {
                if control == Control::Ping {
                    self.socket.push_control(Control::Pong, &payload);
                    self.socket.write_soon();
                }
                return Ok(Some(Message::Sign));
            }
            OpCode::Data(kind) => kind,
        };
        if header.is_final && self.pieces.is_none() {
            return message(kind, payload).map(Some);
        }
        let empty = || Pieces { kind, payload: BytesMut::new(), bytes: 0 };
        let pieces = self.pieces.get_or_insert_with(empty);
        pieces.bytes += payload.len().max(LEAST_PIECE_BYTES);
        pieces.payload.extend_from_slice(&payload);
        if !header.is_final {
            return Ok(None);
        }
        let whole = self.pieces.take().map(|pieces| message(pieces.kind, pieces.payload));
        whole.transpose()
    }

    /// The other end says that it is over, and is answered in its own words, unless its session is
    /// over too.
    fn closed(&self, payload: &[u8]) -> End {
        let number = match payload {
            [] => None,
            [high, low, reason @ ..] => {
                let number = u16::from_be_bytes([*high, *low]);
                let is_sound = coding::CloseCode::from(number).is_allowed();
                if !is_sound || std::str::from_utf8(reason).is_err() {
                    return Some(CloseCode::Protocol);
                }
                Some(number)
            }
            [_] => return Some(CloseCode::Protocol),
        };
        let over = number.and_then(CloseCode::of_session);
        if over.is_none() {
            self.socket.push_control(Control::Close, payload);
        }
        over
    }
}

fn message(kind: Data, payload: BytesMut) -> Result<Message, End> {
    if kind == Data::Binary {
        return Ok(Message::Binary(payload.freeze()));
    }
    let text = Utf8Bytes::try_from(payload.freeze());
    Ok(Message::Text(text.map_err(|_| Some(CloseCode::Protocol))?))
}

/// A payload as the client meant it.
fn unmasked(mut payload: BytesMut, mask: [u8; 4]) -> BytesMut {
    let (words, rest) = payload.as_chunks_mut::<4>();
    for word in words {
        *word = (u32::from_ne_bytes(*word) ^ u32::from_ne_bytes(mask)).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(mask) {
        *byte ^= mask;
    }
    payload
}

#[cfg(test)]
mod tests;
