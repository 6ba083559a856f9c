//! A client that allocates nothing while it is asked to, on a connection that counts.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use allocation_counter::opt_out;
use igor::testing;
use igor_tests::{Identity, Raw, frame, within};
use tokio::io::{
    AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream, ReadBuf,
};

/// More than is ever on its way here, so that nobody waits for room.
const ROOM: usize = 1 << 20;

/// The server's end: counts the writes of the server, and allocates nothing in its name.
struct Counted {
    io: DuplexStream,
    writes: Arc<AtomicU64>,
}

/// The client's end.
pub(crate) struct Line {
    io: DuplexStream,
    writes: Arc<AtomicU64>,
    sent: u64,
    received: u64,
    input: Vec<u8>,
}

impl Line {
    /// A client that was welcomed, and has said that it heard so.
    pub(crate) async fn enter(server: &testing::Running) -> Self {
        let (here, writes) = Counted::connect(server);
        let host = server.handle().address().to_string();
        let io = Raw::welcomed(here, host, &mut Identity::new()).await.into_io();
        let mut line = Line::new(io, writes);
        line.acknowledge().await;
        line
    }

    /// A WebSocket over which nothing was said yet.
    pub(crate) async fn upgraded(server: &testing::Running) -> Self {
        let (here, writes) = Counted::connect(server);
        let io = Raw::upgraded(here, server.handle().address().to_string()).await.into_io();
        Line::new(io, writes)
    }

    fn new(io: DuplexStream, writes: Arc<AtomicU64>) -> Self {
        Line { io, writes, sent: 0, received: 0, input: Vec::with_capacity(ROOM) }
    }

    /// The bytes of the hello of a new page, and of the call that it makes behind it.
    pub(crate) fn first_call(call: &str) -> Vec<u8> {
        let hello = frame(true, 1, Identity::new().hello().to_string().as_bytes());
        let call = frame(true, 1, format!(r#"{{"n":1,"streamId":1,{call}}}"#).as_bytes());
        [hello, call].concat()
    }

    /// The bytes of a frame that has the next number and acknowledges what was received.
    pub(crate) fn numbered(&mut self, rest: &str) -> Vec<u8> {
        self.sent += 1;
        let (n, ack) = (self.sent, self.received);
        frame(true, 1, format!(r#"{{"n":{n},"ack":{ack},{rest}}}"#).as_bytes())
    }

    /// The bytes of so many calls, each with an id that is its number.
    pub(crate) fn calls(&mut self, rest: &str, count: usize) -> Vec<u8> {
        let mut call = |_| self.numbered(&format!(r#""streamId":{},{rest}"#, self.sent + 1));
        (0..count).flat_map(&mut call).collect()
    }

    /// Writes these bytes, and waits for so many frames.
    pub(crate) async fn ask(&mut self, bytes: &[u8], count: usize) {
        self.write(bytes).await;
        self.hear(count).await;
    }

    /// Waits for so many frames.
    pub(crate) async fn hear(&mut self, count: usize) {
        self.input.clear();
        within("frames", async {
            while frames(&self.input).count() < count {
                self.io.read_buf(&mut self.input).await.expect("a server");
            }
        })
        .await;
        self.received += self.heard().filter(|text| text.starts_with(r#"{"n":"#)).count() as u64;
    }

    /// Acknowledges what was received, without any other frame.
    pub(crate) async fn acknowledge(&mut self) {
        let ack = free(|| frame(true, 1, format!(r#"{{"ack":{}}}"#, self.received).as_bytes()));
        self.write(&ack).await;
        free(|| drop(ack));
    }

    /// The texts of the frames that were heard last.
    pub(crate) fn heard(&self) -> impl Iterator<Item = &str> {
        frames(&self.input).map(|text| std::str::from_utf8(text).expect("text"))
    }

    /// How often the server has written.
    pub(crate) fn writes(&self) -> u64 {
        self.writes.load(Ordering::Relaxed)
    }

    async fn write(&mut self, bytes: &[u8]) {
        self.io.write_all(bytes).await.expect("a server");
    }
}

/// The payloads of the whole frames of a server.
fn frames(mut input: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (start, length) = match *input.get(1)? {
            126 => (4, u16::from_be_bytes(input.get(2..4)?.try_into().ok()?) as usize),
            127 => (10, u64::from_be_bytes(input.get(2..10)?.try_into().ok()?) as usize),
            short => (2, short as usize),
        };
        input.split_off(..start + length)?.get(start..)
    })
}

/// Runs something of the connection's, which the server is not to pay for.
fn free<T>(run: impl FnOnce() -> T) -> T {
    let mut outcome = None;
    opt_out(|| outcome = Some(run()));
    outcome.expect("it has run")
}

impl Counted {
    /// Connects, and gives the client's end and the count.
    fn connect(server: &testing::Running) -> (DuplexStream, Arc<AtomicU64>) {
        let (here, io) = tokio::io::duplex(ROOM);
        let writes = Arc::new(AtomicU64::new(0));
        server.receive(Counted { io, writes: Arc::clone(&writes) });
        (here, writes)
    }

    fn count(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if matches!(written, Poll::Ready(Ok(1..))) {
            self.writes.fetch_add(1, Ordering::Relaxed);
        }
        written
    }
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        free(|| Pin::new(&mut self.io).poll_read(cx, buffer))
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = free(|| Pin::new(&mut self.io).poll_write(cx, bytes));
        self.count(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = free(|| Pin::new(&mut self.io).poll_write_vectored(cx, parts));
        self.count(written)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
