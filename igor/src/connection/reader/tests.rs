//! Frames of tungstenite's own client, in any pieces, and floods of what says nothing.

use futures_util::FutureExt as _;
use proptest::prelude::*;
use tokio_tungstenite::tungstenite::Message as Sent;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocket};

use super::*;

const MOST_BYTES: usize = 64 << 10;

/// Hands out what there is in parts of so many bytes, and then ends.
struct Trickle(BytesMut, usize);

impl AsyncRead for Trickle {
    fn poll_read(
        mut self: std::pin::Pin<&mut Self>,
        _cx: &mut std::task::Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        let most = self.1.min(buffer.remaining()).min(self.0.len());
        buffer.put_slice(&self.0.split_to(most));
        std::task::Poll::Ready(Ok(()))
    }
}

/// The bytes that tungstenite sends for a message, under a mask that it chooses.
fn sent(message: Sent) -> Vec<u8> {
    let mut client = WebSocket::from_raw_socket(Cursor::new(Vec::new()), Role::Client, None);
    client.send(message).expect("memory takes it");
    client.into_inner().into_inner()
}

/// One frame, under a mask that changes nothing.
fn frame(is_final: bool, opcode: u8, payload: &[u8]) -> Vec<u8> {
    assert!(payload.len() < 126, "short enough for a length of seven bits");
    let head = [u8::from(is_final) << 7 | opcode, 0x80 | payload.len() as u8, 0, 0, 0, 0];
    [head.as_slice(), payload].concat()
}

/// What comes of these bytes, read in parts of so many, up to the end.
fn read(bytes: &[u8], part: usize) -> (Vec<String>, End) {
    let socket = Arc::new(Socket::new(tokio::io::sink()));
    let trickle = Trickle(BytesMut::from(bytes), part);
    let mut reader = Reader::new(trickle, &socket, Bytes::new(), MOST_BYTES);
    let mut texts = Vec::new();
    loop {
        match reader.next().now_or_never().expect("it never waits") {
            Ok(Message::Text(text)) => texts.push(text.to_string()),
            Ok(other) => texts.push(format!("{other:?}")),
            Err(end) => return (texts, end),
        }
    }
}

proptest! {
    #[test]
    fn what_was_sent_is_read_in_whatever_parts_it_comes(
        lengths in prop::collection::vec(0..20_000usize, 0..6),
        part in 1..9_000usize,
    ) {
        let texts: Vec<String> = lengths.iter().map(|length| "aä".repeat(*length / 3)).collect();
        let bytes: Vec<u8> = texts.iter().flat_map(|text| sent(Sent::text(text.clone()))).collect();
        prop_assert_eq!(read(&bytes, part), (texts, None));
    }

    #[test]
    fn no_bytes_are_too_strange(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        part in 1..50usize,
    ) {
        // Whatever comes of them, they come to an end, and it does not matter how they are cut.
        prop_assert_eq!(read(&bytes, part), read(&bytes, usize::MAX));
    }
}

#[test]
fn a_message_in_pieces_may_have_signs_between_them() {
    let bytes = [frame(false, 1, b"\xc3"), frame(true, 10, b""), frame(true, 0, b"\xa4")].concat();
    assert_eq!(read(&bytes, 3), (vec!["Sign".into(), "ä".into()], None));
}

#[test]
fn empty_pieces_come_to_an_end() {
    let first = frame(false, 1, b"");
    let pieces = |count: usize| frame(false, 0, b"").repeat(count);
    let last = frame(true, 0, b"");
    let most = MOST_BYTES / LEAST_PIECE_BYTES;
    let bytes = [first.as_slice(), &pieces(most - 1), &last].concat();
    assert_eq!(read(&bytes, 4096), (vec![String::new()], None));
    let bytes = [first, pieces(most + 1)].concat();
    assert_eq!(read(&bytes, 4096), (vec![], Some(CloseCode::TooLarge)));
}

#[test]
fn a_close_is_heard_if_it_makes_sense() {
    let close =
        |code: u16| sent(Sent::Close(Some(CloseFrame { code: code.into(), reason: "".into() })));
    assert_eq!(read(&close(1000), 4096), (vec![], None));
    assert_eq!(read(&close(4442), 4096), (vec![], None));
    for over in [CloseCode::Protocol, CloseCode::TooLarge, CloseCode::Gone] {
        assert_eq!(read(&close(over.number()), 4096), (vec![], Some(over)));
    }
    assert_eq!(read(&frame(true, 8, b""), 4096), (vec![], None));
    assert_eq!(read(&close(1005), 4096), (vec![], Some(CloseCode::Protocol)));
    assert_eq!(read(&frame(true, 8, b"\x03"), 4096), (vec![], Some(CloseCode::Protocol)));
    assert_eq!(read(&frame(true, 8, b"\x03\xe8\xff"), 4096), (vec![], Some(CloseCode::Protocol)));
}
