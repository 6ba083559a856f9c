//! What a socket is made of: two halves, of which connections read one and write the other.

use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio_util::either::Either;

#[cfg(windows)]
pub(super) use tokio::net::windows::named_pipe::NamedPipeServer as PipeStream;

#[cfg(unix)]
pub(super) use tokio::net::UnixStream as PipeStream;

/// A stream in the clear: over the network of the machine, or a pipe between two programs.
pub(super) type Plain = Either<TcpStream, PipeStream>;

/// Bytes that come and go, in the clear or not.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static {
    /// What is read from.
    type Reader: AsyncRead + Send + Unpin;
    /// What is written to; it flushes when it is told to, and not before.
    type Writer: AsyncWrite + Send + Unpin + 'static;

    /// Takes it apart, so that both can be used at once.
    fn into_halves(self) -> (Self::Reader, Self::Writer);
}

impl Stream for Plain {
    type Reader = Either<OwnedReadHalf, ReadHalf<PipeStream>>;
    type Writer = Either<TcpWriter, WriteHalf<PipeStream>>;

    fn into_halves(self) -> (Self::Reader, Self::Writer) {
        match self {
            Either::Left(tcp) => {
                let (reader, writer) = tcp.into_split();
                (Either::Left(reader), Either::Left(TcpWriter(Some(writer))))
            }
            Either::Right(pipe) => {
                let (reader, writer) = tokio::io::split(pipe);
                (Either::Right(reader), Either::Right(writer))
            }
        }
    }
}

/// The sending half of a TCP stream, which ends nothing when it is dropped. tokio's own ends what is
/// sent then; here the receiving half is dropped with it, and closing the whole stream says the same
/// for one call of the system less, which was 3 % of what a connection cost.
#[derive(Debug)]
pub(super) struct TcpWriter(Option<OwnedWriteHalf>);

impl TcpWriter {
    /// What is written to; it is there until the drop.
    fn io(&mut self) -> io::Result<Pin<&mut OwnedWriteHalf>> {
        self.0.as_mut().map(Pin::new).ok_or_else(|| ErrorKind::NotConnected.into())
    }
}

impl AsyncWrite for TcpWriter {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.io()?.poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.io()?.poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.as_ref().is_some_and(AsyncWrite::is_write_vectored)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.io()?.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.io()?.poll_shutdown(cx)
    }
}

impl Drop for TcpWriter {
    fn drop(&mut self) {
        if let Some(io) = self.0.take() {
            io.forget();
        }
    }
}

/// A stream that somebody in this program made.
#[cfg(feature = "testing")]
pub(crate) trait Within: AsyncRead + AsyncWrite + Send + Unpin {}

#[cfg(feature = "testing")]
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Within for T {}

#[cfg(feature = "testing")]
impl Stream for Box<dyn Within> {
    type Reader = ReadHalf<Self>;
    type Writer = WriteHalf<Self>;

    fn into_halves(self) -> (Self::Reader, Self::Writer) {
        tokio::io::split(self)
    }
}
