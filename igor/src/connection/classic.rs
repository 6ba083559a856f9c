//! Connections of classic clients: one task and one loop, for each socket that speaks what the
//! ancestor of igor spoke.
//!
//! A thin translation in front of the same dispatch. What the client says becomes frames of
//! `igor.1` here; what it is told is translated where it is written (`interpreter.rs`). Sessions,
//! calls, limits and events are those of everybody: only that a classic client has no key and no
//! numbers, so that nothing is kept for it once it is written, and nobody comes back by a resume.

mod connection;
mod interpreter;
mod introduction;
mod notes;

use std::sync::Arc;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};
use tracing::field::display;
use tracing::{Span, debug};

use crate::connection::classic::connection::Connection;
use crate::connection::classic::interpreter::Interpreter;
use crate::connection::classic::notes::Notes;
use crate::connection::dispatch::Dispatch;
use crate::connection::greeting::{authorize, close_code};
use crate::connection::reader::Reader;
use crate::connection::{Front, linger};
use crate::error::{Code, Error};
use crate::hub::socket::Socket;
use crate::identity::Handshake;
use crate::session::{Refused, secret};
use crate::wire::close::CloseCode;
use crate::wire::frame::loose_error;
use crate::wire::hello::Hello;

/// Whether clients that speak the dialect of igor's ancestor, Igor in Python, may connect: those
/// that offer no subprotocol. They pass the same gate as all others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Classic {
    /// They may, and get the name that they ask for by `introduce_self` if nobody has it.
    #[default]
    On,
    /// They may, and whoever gives the name of another classic client, or of one whose session is
    /// still kept, takes over its session, as anybody could in the ancestor.
    DangerouslyTrustingNames,
    /// They are refused.
    Off,
}

/// Speaks classic over the two halves of an upgraded stream until it ends; see
/// [`serve`](super::serve).
pub(crate) async fn serve<R, W>(
    reader: R,
    writer: W,
    read_ahead: Bytes,
    handshake: Box<Handshake>,
    place: impl Send,
    front: Arc<Front>,
) where
    R: AsyncRead + Send + Unpin,
    W: AsyncWrite + Send + Unpin + 'static,
{
    let notes = Arc::new(Notes::default());
    let socket = Arc::new(Socket::new(Interpreter::new(writer, Arc::clone(&notes))));
    let most_bytes = front.limits.wire.message_bytes;
    let mut frames = Reader::new(reader, &socket, read_ahead, most_bytes);
    let shown = front.authorizer.is_some().then(|| handshake.clone());
    match enter(handshake, &socket, &front).await {
        Ok(dispatch) => {
            drop(place);
            Connection::new(dispatch, &mut frames, notes, shown).run().await;
        }
        Err(code) => socket.close(code),
    }
    linger::until_closed(&socket, frames.io()).await;
}

/// Begins a session, which nobody can come back to by a key: none is told.
///
/// # Errors
///
/// Why the socket is to be closed; the client has been told in words.
async fn enter(
    handshake: Box<Handshake>,
    socket: &Arc<Socket>,
    front: &Arc<Front>,
) -> Result<Dispatch, CloseCode> {
    let refuse = |error: Error| {
        socket.push(&[&loose_error(&error)]);
        close_code(error.code())
    };
    if front.shared.shutdown.is_told() {
        return Err(refuse(Error::new(Code::ShuttingDown, "the server is going down")));
    }
    let known = authorize(None, handshake, front).await.map_err(refuse)?;
    let hello = stranger(front.limits.wire.ring_bytes).map_err(refuse)?;
    let entry = front.shared.sessions.enter(&hello, known).map_err(|refused| match refused {
        Refused::Superseded => CloseCode::Superseded,
        Refused::Told(error) => refuse(error),
    })?;
    if !entry.record.outbox.attach(entry.over.turn, socket) {
        return Err(CloseCode::Superseded);
    }
    Span::current().record("client", display(&entry.record.client_id));
    debug!(client = %entry.record.client_id, "classic client entered");
    let page = entry.record.page();
    Ok(Dispatch::new(Arc::clone(front), entry.session, entry.record, page, Arc::clone(socket)))
}

/// The hello that a client would say of which nothing is known.
fn stranger(ring: usize) -> Result<Hello, Error> {
    Ok(Hello {
        session: secret::random::<16>()?,
        key: secret::random::<32>()?,
        page: String::new(),
        attempt: 1,
        contract: String::new(),
        name: None,
        ring,
        resume: None,
    })
}

#[cfg(test)]
mod tests;
