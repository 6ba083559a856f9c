//! A classic connection over a stream in memory, in paused time, and what is written to it.

use std::future::poll_fn;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex, split};

use super::*;
use crate::connection::tests::{BEAT, front, handshake};
use crate::wire::body::Body;
use crate::wire::classic::Kind;

/// Why attached bytes are not sent.
const UNSENDABLE: &str =
    "it holds bytes, an exact integer or a date, which the classic dialect has no form for";

/// A frame of a server.
fn frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).expect("a short frame");
    [&[0x80 | opcode, length], payload].concat()
}

#[tokio::test(start_paused = true)]
async fn a_client_that_says_nothing_is_asked_and_never_given_up() {
    let (near, mut far) = duplex(1 << 10);
    let (reader, writer) = split(near);
    let served = serve(reader, writer, Bytes::new(), handshake(), (), front());
    let served = tokio::spawn(served);
    for beat in 1..=20 {
        let mut ping = [0; 2];
        let read = tokio::time::timeout(2 * BEAT, far.read_exact(&mut ping)).await;
        read.expect("within two beats").expect("it is there");
        assert_eq!(ping, *frame(9, b""), "beat {beat}");
    }
    assert!(!served.is_finished());
    drop(far);
    served.await.expect("it ends with its client");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_speaks_is_not_asked() {
    let (near, mut far) = duplex(1 << 10);
    let (reader, writer) = split(near);
    tokio::spawn(serve(reader, writer, Bytes::new(), handshake(), (), front()));
    for _ in 0..20 {
        // A pong that nobody asked for is a sign of life like any other.
        far.write_all(&[0x8A, 0x80, 0, 0, 0, 0]).await.expect("it reads");
        let read = tokio::time::timeout(BEAT / 2, far.read_u8()).await;
        assert!(read.is_err(), "{read:?}");
    }
}

#[tokio::test]
async fn frames_are_interpreted_however_they_are_cut() {
    let written = [
        frame(1, br#"{"ack":5}"#),
        frame(1, br#"{"n":1,"streamId":1,"data":[1]}"#),
        frame(9, b"?"),
        frame(1, br#"{"n":2,"streamId":"p","action":"a","data":null}"#),
        frame(2, b"\x17\0\0\0{\"streamId\":2,\"data\":5}attached"),
        frame(1, br#"{"n":3,"streamId":1,"data":2,"close":true}"#),
        frame(8, &4503_u16.to_be_bytes()),
    ]
    .concat();
    let expected = [
        frame(1, br#"{"streamId":"s","data":[1]}"#),
        frame(9, b"?"),
        frame(1, br#"{"streamId":"p","action":"a","data":null}"#),
        frame(1, format!(r#"{{"streamId":5,"error":"{UNSENDABLE}"}}"#).as_bytes()),
        frame(1, br#"{"streamId":5,"close":true}"#),
        frame(1, br#"{"streamId":"s","data":2}"#),
        frame(1, br#"{"streamId":"s","close":true}"#),
        frame(8, &4503_u16.to_be_bytes()),
    ]
    .concat();
    for step in [1, 2, 3, 7, 64, written.len()] {
        let notes = Arc::new(Notes::default());
        notes.open("\"s\"", Kind::Call);
        notes.open("5", Kind::Call);
        // Nothing fits but a part, so that what goes out is cut as well.
        let (near, mut far) = duplex(5);
        let mut interpreter = Interpreter::new(near, Arc::clone(&notes));
        let reading = tokio::spawn(async move {
            let mut read = Vec::new();
            far.read_to_end(&mut read).await.map(|_| read)
        });
        for part in written.chunks(step) {
            interpreter.write_all(part).await.expect("written");
        }
        interpreter.shutdown().await.expect("ended");
        drop(interpreter);
        let read = reading.await.expect("no panic").expect("read");
        assert_eq!(String::from_utf8_lossy(&read), String::from_utf8_lossy(&expected), "{step}");
        assert_eq!(notes.take().written, 3);
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_holds_up_what_is_written_to_it() {
    let (near, mut far) = duplex(1 << 10);
    let socket = Socket::new(Interpreter::new(near, Arc::default()));
    let event = Body::text(format!(r#""action":"a","data":"{}"}}"#, "x".repeat(10 << 10)));
    let mut taken = 0;
    while socket.taking().has_room() {
        socket.taking().push(b"{", &event);
        socket.write_now();
        taken += 1;
        assert!(taken < 100, "it takes without end");
    }
    assert!(!socket.is_flushed());
    let mut read = vec![0; taken * event.len()];
    let reading = async { far.read_exact(&mut read).await.map(drop) };
    let writing = poll_fn(|cx| socket.poll_flush(cx));
    let (was_read, was_written) = tokio::join!(reading, writing);
    was_read.and(was_written).expect("all of it");
}
