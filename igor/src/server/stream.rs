//! What a socket is made of: two halves, of which connections read one and write the other.

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
    type Writer = Either<OwnedWriteHalf, WriteHalf<PipeStream>>;

    fn into_halves(self) -> (Self::Reader, Self::Writer) {
        match self {
            Either::Left(tcp) => {
                let (reader, writer) = tcp.into_split();
                (Either::Left(reader), Either::Left(writer))
            }
            Either::Right(pipe) => {
                let (reader, writer) = tokio::io::split(pipe);
                (Either::Right(reader), Either::Right(writer))
            }
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
