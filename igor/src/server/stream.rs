//! What a client's bytes come over: TCP, or a pipe between two programs of one user.

use std::fmt::Debug;

use tokio::io::{AsyncRead, AsyncWrite, ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio_util::either::Either;

#[cfg(windows)]
pub(super) use tokio::net::windows::named_pipe::NamedPipeServer as PipeStream;

#[cfg(unix)]
pub(super) use tokio::net::UnixStream as PipeStream;

/// One end of a connection.
pub(super) type Stream = Either<TcpStream, PipeStream>;

/// The two directions of a stream, each for itself; those of TCP need no lock between them.
pub(super) fn halves(
    stream: Stream,
) -> (
    impl AsyncRead + Debug + Send + Unpin + use<>,
    impl AsyncWrite + Debug + Send + Unpin + 'static + use<>,
) {
    type Halves = (
        Either<OwnedReadHalf, ReadHalf<PipeStream>>,
        Either<OwnedWriteHalf, WriteHalf<PipeStream>>,
    );
    let halves: Halves = match stream {
        Either::Left(tcp) => {
            let (reader, writer) = tcp.into_split();
            (Either::Left(reader), Either::Left(writer))
        }
        Either::Right(pipe) => {
            let (reader, writer) = tokio::io::split(pipe);
            (Either::Right(reader), Either::Right(writer))
        }
    };
    halves
}
