//! A frame is read: tungstenite over the receiving half of a socket.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use crate::hub::socket::Socket;
use crate::wire::WireLimits;

/// Reads so much at once. tungstenite zeroes the whole buffer at every read, so that a larger one
/// costs more than it saves, and memory for each idle connection besides.
const READ_BYTES: usize = 4 << 10;

/// The messages of a client.
pub(super) type Reader<R> = WebSocketStream<ReadHalf<R>>;

/// The receiving half of a socket, whose own writes (pongs, closes) go the way of all frames.
#[derive(Debug)]
pub(super) struct ReadHalf<R> {
    reader: R,
    socket: Arc<Socket>,
}

/// Reads messages, first from `read_ahead`.
pub(super) async fn frames<R: AsyncRead + Send + Unpin>(
    reader: R,
    socket: &Arc<Socket>,
    read_ahead: Bytes,
    limits: &WireLimits,
) -> Reader<R> {
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BYTES)
        .write_buffer_size(0)
        .max_message_size(Some(limits.message_bytes))
        .max_frame_size(Some(limits.message_bytes));
    let half = ReadHalf { reader, socket: Arc::clone(socket) };
    WebSocketStream::from_partially_read(half, read_ahead.to_vec(), Role::Server, Some(config))
        .await
}

impl<R: AsyncRead + Unpin> AsyncRead for ReadHalf<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.reader).poll_read(cx, buffer)
    }
}

impl<R: Unpin> AsyncWrite for ReadHalf<R> {
    fn poll_write(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.socket.push_raw(bytes);
        self.socket.write_soon();
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
