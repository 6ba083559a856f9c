//! What a remote knows, without I/O: its session's numbers, what waits to be sent, the open calls.

mod receiving;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;

use crate::action::Action;
use crate::contract::Contract;
use crate::error::{Code, Error, Executed};
use crate::registry::Registry;
use crate::remote::heard::Heard;
use crate::remote::open::{Failure, Open};
use crate::remote::outgoing::{text, written};
use crate::remote::requests::Requests;
use crate::remote::server_frame::{ServerLimits, Welcomed};
use crate::wire::WireLimits;
use crate::wire::ask::withdrawal;
use crate::wire::body::Body;
use crate::wire::calling::CallFrame;
use crate::wire::close::CloseCode;
use crate::wire::frame::{self, Asks};
use crate::wire::link::{Link, Standing};
use crate::wire::piece::Piece;
use crate::wire::prefix::Prefix;
use crate::wire::rules::Rules;

/// Bytes of all open calls, and of all that waits for a place in the ring; a call beyond them is
/// refused.
const MOST_BYTES: usize = 16 << 20;

/// The items of a call that may be on their way or unread, whatever more a server allows.
const MOST_CREDIT: u32 = 256;

/// Everything that a remote and its connection share.
#[derive(Debug)]
pub(super) struct State {
    link: Link,
    /// Whether there is a socket that frames go over.
    is_open: bool,
    /// Whether this end has to say that it is there, and what it asks for then. However often it
    /// would, one frame is enough: a server may ask without reading any.
    sign: Option<Asks>,
    /// Frames that wait for a place in the ring, each of a call or a request.
    queue: VecDeque<(i64, Body)>,
    queue_bytes: usize,
    pub(super) calls: BTreeMap<i64, Open>,
    /// The bytes of all of them.
    open_bytes: usize,
    /// Whether the server has said goodbye: calls wait for the next one.
    is_leaving: bool,
    last_id: i64,
    pub(super) limits: ServerLimits,
    /// The hashes of what the server offers, where it is not what this program knows.
    names: Option<BTreeMap<String, String>>,
    pub(super) events: HashMap<&'static str, Vec<Arc<Heard>>>,
    pub(super) requests: Requests,
    pub(super) client_id: Option<String>,
    /// How long the server wants to be left alone.
    pub(super) retry_after: Duration,
    /// Why nothing more is sent or comes.
    over: Option<(Code, String)>,
    /// Callers that have more to send and no room for it.
    pub(super) crowded: Vec<Waker>,
    /// Wakes the connection.
    pub(super) waker: Option<Waker>,
    /// Who is to be woken when the lock is free.
    pub(super) to_wake: Vec<Waker>,
}

impl State {
    pub(super) fn new() -> Self {
        let wire = WireLimits::default();
        let limits = ServerLimits {
            message_bytes: wire.message_bytes,
            open_calls: 1024,
            credit: MOST_CREDIT,
            ring_frames: wire.ring_frames,
            ring_bytes: wire.ring_bytes,
        };
        State {
            link: new_link(&limits),
            is_open: false,
            sign: None,
            queue: VecDeque::new(),
            queue_bytes: 0,
            calls: BTreeMap::new(),
            open_bytes: 0,
            is_leaving: false,
            last_id: 0,
            limits,
            names: None,
            events: HashMap::new(),
            requests: Requests::default(),
            client_id: None,
            retry_after: Duration::ZERO,
            over: None,
            crowded: Vec::new(),
            waker: None,
            to_wake: Vec::new(),
        }
    }

    /// Begins a call; its frame is sent when there is a place for it, and says how much time is left
    /// then.
    ///
    /// # Errors
    ///
    /// Why it cannot be sent.
    pub(super) fn begin(
        &mut self,
        action: &'static Action,
        window: u32,
        is_stream: bool,
        deadline: Option<Instant>,
        frame: impl FnOnce(i64) -> CallFrame,
    ) -> Result<i64, Error> {
        if let Some((code, text)) = &self.over {
            return Err(gone(*code, text, Executed::No));
        }
        self.check(action)?;
        let most = self.limits.open_calls;
        if self.calls.len() >= most {
            return Err(Error::new(Code::Overloaded, format!("{most} calls are open already")));
        }
        if self.open_bytes.max(self.queue_bytes) >= MOST_BYTES {
            return Err(Error::new(Code::Overloaded, "the open calls hold too much data"));
        }
        let frame = frame(self.last_id + 1);
        let body = frame.body().clone();
        frame::check_size(&body, self.limits.message_bytes)?;
        self.last_id += 1;
        let id = self.last_id;
        let open = Open::new(action, window, is_stream, deadline, frame);
        self.open_bytes += open.bytes;
        self.calls.insert(id, open);
        if !self.is_leaving {
            self.post(id, body);
        }
        Ok(id)
    }

    /// Whether the server means the same by the name of an action.
    fn check(&self, action: &'static Action) -> Result<(), Error> {
        let told = self.names.as_ref().and_then(|names| names.get(action.name));
        let Some(told) = told else { return Ok(()) };
        let own = Contract::of(&Registry::of_action(action))?;
        if own.names.get(action.name) == Some(told) {
            return Ok(());
        }
        let text = format!("`{}` means something else to the server", action.name);
        Err(Error::new(Code::ContractMismatch, text))
    }

    /// Sends a frame of a call or a request when there is a place for it.
    pub(super) fn post(&mut self, id: i64, body: Body) {
        self.queue_bytes += body.len();
        self.queue.push_back((id, body));
        self.to_wake.extend(self.waker.take());
    }

    /// Whether another item of an input is taken now.
    pub(super) fn has_room(&self) -> bool {
        self.queue_bytes < self.limits.ring_bytes
    }

    /// How a call has ended, if it has; then it is open no more.
    pub(super) fn take_end(&mut self, id: i64) -> Option<Result<Piece, Failure>> {
        let end = self.calls.get_mut(&id)?.end.take()?;
        self.remove(id);
        Some(end)
    }

    /// Nobody waits for a call any more.
    pub(super) fn forget(&mut self, id: i64) {
        let Some(open) = self.remove(id) else { return };
        self.retain_queued(|queued| queued != id);
        if open.end.is_none() && open.is_sent {
            self.post(id, withdrawal(id));
        }
    }

    /// Takes a call out of those that are open, and its bytes with it.
    fn remove(&mut self, id: i64) -> Option<Open> {
        let open = self.calls.remove(&id)?;
        self.open_bytes -= open.bytes;
        Some(open)
    }

    /// The next message for the socket.
    pub(super) fn next_message(&mut self) -> Option<Message> {
        if !self.is_open {
            return None;
        }
        if let Some(asks) = self.sign.take() {
            return Some(text(Bytes::from(frame::beat(self.link.tell_received(), asks))));
        }
        while let Some((_, body)) = self.queue.front()
            && self.link.has_place(body.len())
            && let Some((id, mut body)) = self.queue.pop_front()
        {
            self.queue_bytes -= body.len();
            if let Some(open) = self.calls.get_mut(&id).filter(|open| !open.is_sent) {
                open.is_sent = true;
                body = open.asking();
            }
            self.to_wake.append(&mut self.crowded);
            self.link.push(body);
        }
        let mut prefix = Prefix::new();
        if let Some(body) = self.link.next_frame(&mut prefix) {
            return Some(written(prefix.as_bytes(), body));
        }
        self.is_ack_due().then(|| {
            let ack = self.link.tell_received();
            text(Bytes::from(frame::beat(ack, Asks::Nothing)))
        })
    }

    /// Whether the server has to be told by now what was received. The link knows how many bytes
    /// the server keeps until then; how many frames, only its welcome says.
    fn is_ack_due(&self) -> bool {
        let untold = self.link.untold_frames();
        let is_soon_full = 4 * untold >= self.limits.ring_frames;
        self.link.is_ack_due() || (untold > 0 && is_soon_full)
    }

    /// Says that this end is there, and asks for an answer, or not.
    pub(super) fn beat(&mut self, asks: Asks) {
        // Who asks says it too.
        if self.sign != Some(Asks::Answer) {
            self.sign = Some(asks);
        }
    }

    /// Where this end stands.
    pub(super) fn standing(&self) -> Standing {
        self.link.standing()
    }

    /// A socket is there, and the server has said where it stands.
    ///
    /// # Errors
    ///
    /// How the socket is to be closed: the server has what was never sent.
    pub(super) fn welcome(
        &mut self,
        welcome: Welcomed,
        has_resumed: bool,
    ) -> Result<(), CloseCode> {
        self.names = welcome.names();
        self.limits = welcome.limits;
        self.limits.credit = self.limits.credit.min(MOST_CREDIT);
        if has_resumed {
            let other = Standing { received: welcome.received, have: 1 };
            // A server that lacks what this end no longer has would not have resumed.
            self.link.resume(other).map_err(|_| CloseCode::Protocol)?;
        } else {
            self.link = new_link(&self.limits);
        }
        self.client_id = Some(welcome.client_id);
        self.retry_after = Duration::ZERO;
        self.is_open = true;
        self.sign = Some(Asks::Nothing);
        self.refuse_others();
        Ok(())
    }

    /// Fails the calls that wait and that the server would take for something else.
    fn refuse_others(&mut self) {
        for id in self.ids(Open::waits) {
            let refused = self.calls.get(&id).and_then(|open| self.check(open.action).err());
            if let Some(error) = refused {
                self.retain_queued(|queued| queued != id);
                self.end(id, Err(Failure { error, data: None }));
            }
        }
    }

    /// Throws away the frames of other ids.
    fn retain_queued(&mut self, is_kept: impl Fn(i64) -> bool) {
        self.queue.retain(|(id, _)| is_kept(*id));
        self.queue_bytes = self.queue.iter().map(|(_, body)| body.len()).sum();
    }

    /// There is no socket any more.
    pub(super) fn detach(&mut self) {
        self.is_open = false;
    }

    /// The server goes, and has begun no call above this one: those wait for the next server, and
    /// so do all that are made from now on.
    fn hold(&mut self, last_call: i64) {
        self.is_leaving = true;
        self.calls.iter_mut().filter(|(id, _)| **id > last_call).for_each(|(_, open)| {
            open.is_sent = false;
        });
        // Answers to what the server asked have ids below 0.
        self.retain_queued(|id| id <= last_call.max(0));
    }

    /// The session is gone that the server had: what it may have had fails, the rest waits.
    pub(super) fn lose(&mut self, why: &str) {
        self.link = new_link(&self.limits);
        self.requests.stop_all();
        self.is_leaving = false;
        self.retain_queued(|_| false);
        for id in self.ids(|open| open.is_sent && open.end.is_none()) {
            if !self.calls.get_mut(&id).is_some_and(Open::wait_again) {
                let error = Error::session_lost(why, Executed::Unknown);
                self.end(id, Err(Failure { error, data: None }));
            }
        }
        for id in self.ids(Open::waits) {
            if let Some(body) = self.calls.get_mut(&id).map(Open::asking) {
                self.post(id, body);
            }
        }
    }

    /// The calls of which this is so, in their order.
    fn ids(&self, is_so: impl Fn(&Open) -> bool) -> Vec<i64> {
        self.calls.iter().filter(|(_, open)| is_so(open)).map(|(id, _)| *id).collect()
    }

    /// Sends and takes nothing more, and fails every open call for this reason; false if that was
    /// so already.
    pub(super) fn close(&mut self, code: Code, why: &str) -> bool {
        if self.over.is_some() {
            return false;
        }
        self.over = Some((code, why.to_owned()));
        self.is_open = false;
        self.requests.stop_all();
        let all: Vec<_> = self.calls.iter().map(|(id, open)| (*id, open.is_sent)).collect();
        for (id, is_sent) in all {
            let executed = if is_sent { Executed::Unknown } else { Executed::No };
            self.end(id, Err(Failure { error: gone(code, why, executed), data: None }));
        }
        self.queue.clear();
        self.queue_bytes = 0;
        for heard in self.events.drain().flat_map(|(_, heard)| heard) {
            self.to_wake.extend(heard.end());
        }
        true
    }

    /// Why nothing more is sent or comes, if that is so.
    pub(super) fn over(&self) -> Option<Error> {
        self.over.as_ref().map(|(code, why)| gone(*code, why, Executed::No))
    }

    /// Gives the server credit for what was taken, where it is worth a frame.
    pub(super) fn grant(&mut self, id: i64) {
        let due = self.calls.get_mut(&id).and_then(Open::credit_due);
        if let Some(items) = due {
            self.post(id, frame::credit(id, items));
        }
    }

    fn end(&mut self, id: i64, end: Result<Piece, Failure>) {
        if let Some(open) = self.calls.get_mut(&id).filter(|open| open.end.is_none()) {
            open.end = Some(end);
            self.to_wake.extend(open.waker.take());
        }
    }
}

fn new_link(limits: &ServerLimits) -> Link {
    Link::new(&WireLimits::default(), limits.ring_bytes, Rules::default())
}

fn gone(code: Code, why: &str, executed: Executed) -> Error {
    match code {
        Code::SessionLost => Error::session_lost(why, executed),
        code => Error::new(code, why),
    }
}

#[cfg(test)]
mod tests;
