//! What a socket is made of: two halves, of which connections read one and write the other.

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

/// Bytes that come and go, in the clear or not.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static {
    /// What is read from.
    type Reader: AsyncRead + Send + Unpin;
    /// What is written to; it flushes when it is told to, and not before.
    type Writer: AsyncWrite + Send + Unpin + 'static;

    /// Takes it apart, so that both can be used at once.
    fn into_halves(self) -> (Self::Reader, Self::Writer);
}

impl Stream for TcpStream {
    type Reader = OwnedReadHalf;
    type Writer = OwnedWriteHalf;

    fn into_halves(self) -> (OwnedReadHalf, OwnedWriteHalf) {
        self.into_split()
    }
}
