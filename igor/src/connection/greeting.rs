//! The first frames of a socket: hello and welcome.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncRead;
use tracing::field::display;
use tracing::{Span, debug, warn};

use crate::connection::dispatch::Dispatch;
use crate::connection::reader::{Message, Reader};
use crate::connection::{Front, Limits};
use crate::contract::Contract;
use crate::error::{Code, Error};
use crate::hub::socket::Socket;
use crate::identity::{Handshake, Known};
use crate::session::{Entry, Refused};
use crate::wire::close::CloseCode;
use crate::wire::hello::{
    Hello, Told, ToldContract, ToldLimits, Welcome, WelcomeEnd, refusal, welcome,
};

/// Waits for the hello and answers it.
///
/// # Errors
///
/// Why the socket is to be closed. The client has been told in a frame before, where it could
/// read one.
pub(super) async fn greet<R: AsyncRead + Send + Unpin>(
    frames: &mut Reader<R>,
    socket: &Arc<Socket>,
    handshake: Box<Handshake>,
    front: &Arc<Front>,
) -> Result<Dispatch, CloseCode> {
    let first = tokio::time::timeout(front.limits.connection.hello, frames.next());
    let text = match first.await {
        Ok(Ok(Message::Text(text))) => text,
        Ok(Ok(_)) => return Err(CloseCode::Protocol),
        Ok(Err(end)) => return Err(end.unwrap_or(CloseCode::GoingAway)),
        Err(_) => return Err(CloseCode::HelloLate),
    };
    let refuse = |error: &Error| {
        socket.push(&[&refusal(error)]);
        close_code(error.code())
    };
    let hello = Hello::read(&text).map_err(|error| refuse(&error))?;
    if front.shared.shutdown.is_told() {
        return Err(refuse(&Error::new(Code::ShuttingDown, "the server is going down")));
    }
    let known = authorize(hello.name.as_deref(), handshake, front).await;
    let known = known.map_err(|error| refuse(&error))?;
    let entry = match front.shared.sessions.enter(&hello, known) {
        Ok(entry) => entry,
        Err(Refused::Superseded) => return Err(CloseCode::Superseded),
        Err(Refused::Told(error)) => return Err(refuse(&error)),
    };
    socket.push(&[&tell(&hello, &entry, front)]);
    if !entry.record.outbox.attach(entry.over.turn, socket) {
        return Err(CloseCode::Superseded);
    }
    Span::current().record("client", display(&entry.record.client_id));
    debug!(client = %entry.record.client_id, entered = ?entry.entered, "client entered");
    let (front, socket) = (Arc::clone(front), Arc::clone(socket));
    let page = entry.record.page();
    Ok(Dispatch::new(front, entry.session, entry.record, page, socket))
}

/// Finds out who a client is that says this name, where the program wants to know. It does for
/// every socket, so that who may no longer come does not come back either.
pub(super) async fn authorize(
    name: Option<&str>,
    handshake: Box<Handshake>,
    front: &Front,
) -> Result<Option<Known>, Error> {
    let Some(authorizer) = &front.authorizer else { return Ok(None) };
    authorizer.decide(handshake.by_name(name)).await.map(Some)
}

/// The welcome, as a whole frame.
fn tell(hello: &Hello, entry: &Entry, front: &Front) -> Vec<u8> {
    let contract = &front.contract;
    let is_same = hello.contract == contract.hash;
    if !is_same {
        let (client, server) = (&hello.contract, &contract.hash);
        warn!(client, server, "the client was generated from another contract: generate it again");
    }
    let own = Welcome {
        client_id: entry.record.client_id.as_str(),
        session: &hello.session,
        key: &entry.key,
        epoch: &front.shared.epoch,
        resumed: entry.entered.reason().is_none(),
        reason: entry.entered.reason(),
        received: entry.over.received,
    };
    welcome(&own, if is_same { &front.told.to_same } else { &front.told.to_other })
}

/// How the welcomes of a server end.
pub(super) struct Ends {
    /// For a client of the same contract.
    to_same: WelcomeEnd,
    /// For one of another, which is told all of it.
    to_other: WelcomeEnd,
}

impl Ends {
    pub(super) fn new(limits: &Limits, contract: &Contract) -> Self {
        let Contract { hash, names, .. } = contract;
        let end = |contract| {
            WelcomeEnd::new(&Told {
                grace_ms: millis(limits.session.grace),
                beat_ms: millis(limits.connection.beat),
                limits: ToldLimits::new(&limits.wire, limits.calls.open, limits.calls.credit),
                contract,
            })
        };
        Ends {
            to_same: end(ToldContract::Same(hash)),
            to_other: end(ToldContract::Table { hash, names }),
        }
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// With which code a socket is closed whose hello was refused so.
pub(super) fn close_code(code: Code) -> CloseCode {
    match code {
        Code::Unauthorized => CloseCode::Unauthorized,
        Code::Forbidden => CloseCode::Forbidden,
        Code::Overloaded | Code::Internal => CloseCode::Overloaded,
        Code::ShuttingDown => CloseCode::GoingAway,
        _ => CloseCode::Protocol,
    }
}
