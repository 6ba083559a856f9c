//! The end of a socket: what is buffered goes out, and the other end gets time to read it.

use std::future::poll_fn;
use std::time::Duration;

use tokio::io::AsyncRead;

use crate::hub::socket::Socket;

/// How long the other end may take to read the last bytes and to close.
const LONGEST: Duration = Duration::from_secs(1);

/// Writes what is buffered, ends the sending half and reads what still comes, so that a close
/// frame is not lost to a reset.
pub(super) async fn until_closed(socket: &Socket, reader: &mut (impl AsyncRead + Unpin)) {
    let closed = async {
        if poll_fn(|cx| socket.poll_flush(cx)).await.is_err() {
            return;
        }
        let _ = poll_fn(|cx| socket.poll_shutdown(cx)).await;
        let _ = tokio::io::copy(reader, &mut tokio::io::sink()).await;
    };
    let _ = tokio::time::timeout(LONGEST, closed).await;
}
