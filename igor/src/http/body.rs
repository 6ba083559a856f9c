//! The bodies of responses.

use std::io::{self, Read};

use bytes::Bytes;
use futures_util::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Empty, Full, StreamBody};
use hyper::body::Frame;

/// The bytes of a file that are read at once.
const CHUNK_BYTES: usize = 64 << 10;

/// A body that is ready, or that is read while it is sent.
pub(crate) type Body = UnsyncBoxBody<Bytes, io::Error>;

/// No body.
pub(super) fn empty() -> Body {
    Empty::new().map_err(|never| match never {}).boxed_unsync()
}

/// A body that is in memory.
pub(super) fn full(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never| match never {}).boxed_unsync()
}

/// The first `length` bytes of a file, read as fast as the client takes them, on threads where
/// reading may block.
pub(super) fn file(file: impl Read + Send + 'static, length: u64) -> Body {
    let chunks = stream::try_unfold(file.take(length), |file| async {
        let read = tokio::task::spawn_blocking(|| next_chunk(file));
        let (chunk, file) = read.await.map_err(io::Error::other)??;
        Ok(if chunk.is_empty() { None } else { Some((Frame::data(chunk), file)) })
    });
    StreamBody::new(chunks).boxed_unsync()
}

fn next_chunk<R: Read>(mut file: io::Take<R>) -> io::Result<(Bytes, io::Take<R>)> {
    let most = usize::try_from(file.limit()).map_or(CHUNK_BYTES, |left| left.min(CHUNK_BYTES));
    let mut chunk = vec![0; most];
    let read = file.read(&mut chunk)?;
    chunk.truncate(read);
    Ok((chunk.into(), file))
}
