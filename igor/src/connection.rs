//! Connections: one task and one loop over everything that can happen, for each socket.

mod calls;
mod dispatch;
mod greeting;
mod linger;
mod reader;

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use tokio_tungstenite::tungstenite::error::{CapacityError, ProtocolError};
use tokio_tungstenite::tungstenite::{Error as WebSocketError, Message};
use tracing::debug;

use crate::action::{Action, CallLimits, Signature};
use crate::connection::dispatch::Dispatch;
use crate::connection::reader::Reader;
use crate::contract::Contract;
use crate::error::Error;
use crate::hub::outbox::Ended;
use crate::hub::socket::Socket;
use crate::registry::Registry;
use crate::session::SessionLimits;
use crate::shared::SharedRef;
use crate::wire::WireLimits;
use crate::wire::close::CloseCode;
use crate::wire::frame::{Asks, goodbye};

/// After how many frames that were ready at once what they caused is written.
const BATCH_FRAMES: usize = 64;

/// How long a client that is told of a restart waits at most before it tries again; each waits
/// a part of it, so that they do not all come back together.
const RETRY_SPREAD: Duration = Duration::from_secs(2);

/// How long a connection waits.
#[derive(Clone, Debug)]
pub struct ConnectionLimits {
    /// For the first frame of a socket; 2 s.
    pub hello: Duration,
    /// Between signs of life; 5 s, which suits a client on the same machine (15 s suits others).
    /// A client not heard for two beats is gone.
    pub beat: Duration,
    /// For running calls to finish when the server ends; 5 s.
    pub drain: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        ConnectionLimits {
            hello: Duration::from_secs(2),
            beat: Duration::from_secs(5),
            drain: Duration::from_secs(5),
        }
    }
}

/// What every connection of a server needs.
pub(crate) struct Front {
    pub(crate) shared: SharedRef,
    actions: HashMap<&'static str, (&'static Action, Signature)>,
    contract: Contract,
    limits: Limits,
}

/// The limits that a connection keeps or tells of.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    pub(crate) connection: ConnectionLimits,
    pub(crate) wire: WireLimits,
    pub(crate) calls: CallLimits,
    pub(crate) session: SessionLimits,
}

impl Front {
    /// Makes ready what a registry offers, which was checked before.
    pub(crate) fn new(
        shared: SharedRef,
        registry: &Registry,
        limits: Limits,
    ) -> Result<Self, Error> {
        let actions = registry.actions().iter();
        let actions =
            actions.map(|action| (action.name, (*action, (action.signature)()))).collect();
        let contract = Contract::of(registry)?;
        Ok(Front { shared, actions, contract, limits })
    }

    /// The hash of what is offered.
    pub(crate) fn contract(&self) -> &str {
        &self.contract.hash
    }
}

/// Speaks `igor.1` over the two halves of an upgraded stream until it ends; `read_ahead` is what
/// was read of it already.
pub(crate) async fn serve<R, W>(reader: R, writer: W, read_ahead: Bytes, front: Arc<Front>)
where
    R: AsyncRead + Send + Unpin,
    W: AsyncWrite + Send + Unpin + 'static,
{
    let socket = Arc::new(Socket::new(writer));
    let mut frames = reader::frames(reader, &socket, read_ahead, &front.limits.wire).await;
    match greeting::greet(&mut frames, &socket, &front).await {
        Ok(dispatch) => {
            let ended =
                Connection { dispatch, frames: &mut frames, silent_half_beats: 0 }.run().await;
            debug!(?ended, "connection ended");
        }
        Err(code) => socket.close(code),
    }
    linger::until_closed(&socket, frames.get_mut()).await;
}

/// Tells a page whose token is wrong so, which it cannot see from an HTTP status; reads no frame.
pub(crate) async fn refuse<R, W>(mut reader: R, writer: W, code: CloseCode)
where
    R: AsyncRead + Send + Unpin,
    W: AsyncWrite + Send + Unpin + 'static,
{
    let socket = Socket::new(writer);
    socket.close(code);
    linger::until_closed(&socket, &mut reader).await;
}

/// A socket whose client has been welcomed.
struct Connection<'a, R> {
    dispatch: Dispatch,
    frames: &'a mut Reader<R>,
    /// Half beats in a row without a sign of the client.
    silent_half_beats: u32,
}

/// What can happen.
enum Happening {
    /// The sending half is done for.
    Ended(Ended),
    /// Something came in, or the receiving half is done for.
    Message(Option<Result<Message, WebSocketError>>),
    /// Time to see who was heard.
    HalfBeat,
    /// The server ends.
    Shutdown,
    /// The server ends and nothing is left to be done here, or its time is over.
    Drained,
}

impl<R: AsyncRead + Send + Unpin> Connection<'_, R> {
    /// Runs until the socket is of no more use, and says so to the session.
    async fn run(mut self) -> Option<CloseCode> {
        let why = self.until_over().await;
        let Dispatch { front, session, socket, .. } = &self.dispatch;
        if let Some(code) = why {
            socket.close(code);
        }
        front.shared.sessions.leave(session, socket, why);
        why
    }

    /// The loop; says why the socket is to be closed, unless it is gone already.
    async fn until_over(&mut self) -> Option<CloseCode> {
        let Dispatch { front, socket, record, page, .. } = &self.dispatch;
        let (front, socket) = (Arc::clone(front), Arc::clone(socket));
        let (outbox, calls) = (Arc::clone(&record.outbox), Arc::clone(&page.calls));
        let shutdown = front.shared.shutdown.clone();
        let mut told = pin!(shutdown.heard());
        let mut is_draining = false;
        let drained = async {
            let all_is_done = async {
                calls.ended().await;
                poll_fn(|cx| outbox.poll_written(&socket, cx)).await;
            };
            let _ = tokio::time::timeout(front.limits.connection.drain, all_is_done).await;
        };
        let mut drained = pin!(drained);
        let mut half_beat = half_beats(front.limits.connection.beat);
        loop {
            // Reading stands before the beat: what arrived while the machine slept counts. The end
            // of the server stands before both: a client that never pauses hears of it too.
            let happening = tokio::select! {
                biased;
                ended = poll_fn(|cx| outbox.poll_flush(&socket, cx)) => Happening::Ended(ended),
                () = &mut told, if !is_draining => Happening::Shutdown,
                message = self.frames.next() => Happening::Message(message),
                _ = half_beat.tick() => Happening::HalfBeat,
                () = &mut drained, if is_draining => Happening::Drained,
            };
            let verdict = match happening {
                Happening::Ended(Ended::Closing(code)) => Err(Some(code)),
                Happening::Ended(Ended::Failed(cause)) => {
                    debug!(%cause, "socket failed");
                    Err(None)
                }
                Happening::Message(message) => self.gather(message),
                Happening::HalfBeat => self.half_beat().map_err(Some),
                Happening::Shutdown => {
                    is_draining = true;
                    self.say_goodbye();
                    Ok(())
                }
                Happening::Drained => Err(Some(CloseCode::GoingAway)),
            };
            if let Err(why) = verdict {
                return why;
            }
        }
    }

    /// Takes a message and all that are ready behind it, and lets what they cause be written
    /// together.
    fn gather(
        &mut self,
        first: Option<Result<Message, WebSocketError>>,
    ) -> Result<(), Option<CloseCode>> {
        self.silent_half_beats = 0;
        let socket = Arc::clone(&self.dispatch.socket);
        socket.cork();
        let mut verdict = self.take(first);
        for _ in 1..BATCH_FRAMES {
            if verdict.is_err() {
                break;
            }
            let Some(message) = self.frames.next().now_or_never() else { break };
            verdict = self.take(message);
        }
        self.dispatch.record.outbox.acknowledge_if_due(&socket);
        socket.uncork();
        verdict
    }

    fn take(
        &mut self,
        message: Option<Result<Message, WebSocketError>>,
    ) -> Result<(), Option<CloseCode>> {
        match message {
            Some(Ok(Message::Text(text))) => self.dispatch.text(&text).map_err(Some),
            Some(Ok(Message::Binary(message))) => self.dispatch.binary(&message).map_err(Some),
            // Pings are answered by tungstenite; a close frame is followed by the end.
            Some(Ok(_)) => Ok(()),
            Some(Err(WebSocketError::Capacity(CapacityError::MessageTooLong { .. }))) => {
                Err(Some(CloseCode::TooLarge))
            }
            // A connection that is lost is no violation: the session waits for the next.
            Some(Err(WebSocketError::Protocol(ProtocolError::ResetWithoutClosingHandshake))) => {
                Err(None)
            }
            Some(Err(WebSocketError::Protocol(_) | WebSocketError::Utf8(_))) => {
                Err(Some(CloseCode::Protocol))
            }
            Some(Err(_)) | None => Err(None),
        }
    }

    fn half_beat(&mut self) -> Result<(), CloseCode> {
        let Dispatch { record, socket, .. } = &self.dispatch;
        self.silent_half_beats += 1;
        let has_sent = socket.take_has_sent();
        match self.silent_half_beats {
            // The first look comes at any time after the last sign.
            ..=2 if has_sent => {}
            ..=2 => record.outbox.beat(socket, Asks::Nothing),
            3 | 4 => record.outbox.beat(socket, Asks::Answer),
            _ => return Err(CloseCode::BeatsLost),
        }
        Ok(())
    }

    fn say_goodbye(&self) {
        let spread = u32::from(self.dispatch.session.bytes().last().unwrap_or(0));
        self.dispatch.socket.push(&[&goodbye("shutdown", RETRY_SPREAD * spread / 255)]);
    }
}

/// Looking every half beat, what was sent or heard at any time is never more than a beat old when
/// it is answered for.
fn half_beats(beat: Duration) -> Interval {
    let every = beat / 2;
    let mut half_beats = interval_at(Instant::now() + every, every);
    half_beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    half_beats
}

#[cfg(test)]
mod tests;
