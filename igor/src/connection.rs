//! Connections: one task and one loop over everything that can happen, for each socket.

mod calls;
pub(crate) mod classic;
mod dispatch;
mod drain;
mod greeting;
mod linger;
mod reader;

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use tracing::debug;

use crate::action::{CallLimits, Layers, Ready};
use crate::connection::dispatch::Dispatch;
use crate::connection::drain::drained;
use crate::connection::greeting::Ends;
use crate::connection::reader::{End, Message, Reader};
use crate::contract::Contract;
use crate::error::Error;
use crate::hub::outbox::Ended;
use crate::hub::socket::Socket;
use crate::identity::{Authorizer, Handshake};
use crate::registry::Registry;
use crate::session::{SessionLimits, Trust};
use crate::shared::SharedRef;
use crate::wire::WireLimits;
use crate::wire::close::CloseCode;
use crate::wire::frame::Asks;

/// The most frames that are handled before what they caused is written.
const BATCH_FRAMES: usize = 64;

/// The longest that a client waits after a goodbye before it tries again. Each waits a part of it
/// of its own, so that they do not all come back together.
const RETRY_SPREAD: Duration = Duration::from_secs(2);

pub use classic::Classic;

/// The timeouts of a connection.
#[derive(Clone, Debug)]
pub struct ConnectionLimits {
    /// The time for the first frame of a socket; 2 s.
    pub hello: Duration,
    /// The time between signs of life; 5 s, which suits a client on the same machine (15 s suits
    /// others). A client that was not heard for two beats is taken to be gone.
    pub beat: Duration,
    /// The time for [`Server::authorize`](crate::Server::authorize) to decide who a client is; 5 s.
    pub authorize: Duration,
    /// The time for running calls to finish when the server ends; 5 s.
    pub drain: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        ConnectionLimits {
            hello: Duration::from_secs(2),
            beat: Duration::from_secs(5),
            authorize: Duration::from_secs(5),
            drain: Duration::from_secs(5),
        }
    }
}

/// What every connection of a server needs.
pub(crate) struct Front {
    pub(crate) shared: SharedRef,
    actions: HashMap<&'static str, Ready>,
    contract: Contract,
    told: Ends,
    /// Decides who a client is; `None` where the token alone counts.
    authorizer: Option<Arc<Authorizer>>,
    /// How far a classic client is trusted that gives a name.
    trust: Trust,
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
        layers: &Layers,
        authorizer: Option<Arc<Authorizer>>,
        limits: Limits,
    ) -> Result<Self, Error> {
        let actions = registry.actions().iter();
        let open = limits.calls.open;
        let actions = actions.map(|action| (action.name, Ready::new(action, layers, open)));
        let actions = actions.collect();
        let contract = Contract::of(registry)?;
        let told = Ends::new(&limits, &contract);
        Ok(Front { shared, actions, contract, told, authorizer, trust: Trust::Nothing, limits })
    }

    /// The same, with classic clients as the operator wants them.
    pub(crate) fn with_classic(self, classic: Classic) -> Self {
        let is_trusting = classic == Classic::DangerouslyTrustingNames;
        Front { trust: if is_trusting { Trust::Names } else { Trust::Nothing }, ..self }
    }

    /// The hash of what is offered.
    pub(crate) fn contract(&self) -> &str {
        &self.contract.hash
    }
}

/// Speaks `igor.1` over the two halves of an upgraded stream until it ends; `read_ahead` is what
/// was read of it already, `handshake` what the client has shown, and `place` its place at the
/// gate, which it has until it is welcome.
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
    let socket = Arc::new(Socket::new(writer));
    let most_bytes = front.limits.wire.message_bytes;
    let mut frames = Reader::new(reader, &socket, read_ahead, most_bytes);
    match greeting::greet(&mut frames, &socket, handshake, &front).await {
        Ok(dispatch) => {
            drop(place);
            let mut connection = Connection::new(dispatch, &mut frames);
            connection.why = connection.until_over().await;
            debug!(ended = ?connection.why, "connection ended");
        }
        Err(code) => socket.close(code),
    }
    // Of one that has left there is nothing to be waited for.
    if !frames.is_at_end() {
        linger::until_closed(&socket, frames.io()).await;
    }
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

/// A socket whose client has been welcomed. However it ends, its drop says so to the session, whose
/// grace begins then: without that a panic here would leave a session that never ends.
struct Connection<'a, R> {
    dispatch: Dispatch,
    frames: &'a mut Reader<R>,
    /// Half beats in a row without a byte of the client.
    silent_half_beats: u32,
    /// Why the socket is closed, unless it was gone already.
    why: End,
}

/// What can happen.
enum Happening {
    /// The sending half is done for.
    Ended(Ended),
    /// Something came in, or the receiving half is done for.
    Message(Result<Message, End>),
    /// Time to see who was heard.
    HalfBeat,
    /// The server ends.
    Shutdown,
    /// The server ends and nothing is left to be done here, or its time is over.
    Drained,
}

impl<R: AsyncRead + Send + Unpin> Connection<'_, R> {
    fn new(dispatch: Dispatch, frames: &mut Reader<R>) -> Connection<'_, R> {
        Connection { dispatch, frames, silent_half_beats: 0, why: None }
    }

    /// The loop; says why the socket is to be closed, unless it is gone already.
    async fn until_over(&mut self) -> End {
        let Dispatch { front, socket, record, page, .. } = &self.dispatch;
        let (front, socket) = (Arc::clone(front), Arc::clone(socket));
        let (outbox, calls) = (Arc::clone(&record.outbox), Arc::clone(&page.calls));
        let shutdown = front.shared.shutdown.clone();
        let mut told = pin!(shutdown.heard());
        let mut is_draining = false;
        let longest = front.limits.connection.drain;
        let mut drained = pin!(drained(Arc::clone(&outbox), calls, Arc::clone(&socket), longest));
        // Looking every half beat, what was sent or heard at any time is never more than a beat old
        // when it is answered for.
        let mut half_beat = every(front.limits.connection.beat / 2);
        // A page's first calls stand behind its hello: what they are answered at once goes out with
        // the welcome.
        let first = self.frames.next().now_or_never();
        if let Some(Err(why)) = first.map(|message| self.gather(message)) {
            return why;
        }
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
                Happening::Ended(ended) => Err(why(ended)),
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
    fn gather(&mut self, first: Result<Message, End>) -> Result<(), End> {
        let (socket, record) = (Arc::clone(&self.dispatch.socket), &self.dispatch.record);
        record.outbox.gather(&socket);
        let mut verdict = self.take(first);
        for _ in 1..BATCH_FRAMES {
            if verdict.is_err() {
                break;
            }
            let Some(message) = self.frames.next().now_or_never() else { break };
            verdict = self.take(message);
        }
        self.dispatch.record.outbox.acknowledge_if_due(&socket);
        verdict
    }

    fn take(&mut self, message: Result<Message, End>) -> Result<(), End> {
        match message? {
            Message::Text(text) => self.dispatch.text(text).map_err(Some)?,
            Message::Binary(message) => self.dispatch.binary(&message).map_err(Some)?,
            Message::Sign => {}
        }
        Ok(())
    }

    fn half_beat(&mut self) -> Result<(), CloseCode> {
        let Dispatch { record, socket, .. } = &self.dispatch;
        // Part of a message is a sign of life too: a long one may take longer than two beats.
        self.silent_half_beats =
            if self.frames.take_has_read() { 1 } else { self.silent_half_beats + 1 };
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

    fn say_goodbye(&mut self) {
        let spread = u32::from(self.dispatch.session.bytes().last().unwrap_or(0));
        self.dispatch.say_goodbye(RETRY_SPREAD * spread / 255);
    }
}

impl<R> Drop for Connection<'_, R> {
    fn drop(&mut self) {
        self.dispatch.leave(self.why);
    }
}

/// Why nothing more is written.
fn why(ended: Ended) -> End {
    match ended {
        Ended::Closing(code) => Some(code),
        Ended::Failed(cause) => {
            debug!(%cause, "socket failed");
            None
        }
    }
}

/// Ticks from a period on, and never to make up for lost time.
fn every(period: Duration) -> Interval {
    let mut ticks = interval_at(Instant::now() + period, period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

#[cfg(test)]
mod tests;
