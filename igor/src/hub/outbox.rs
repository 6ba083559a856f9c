//! The outbox of one client: what it is still to get, over whichever socket is there.
//!
//! A body that is pushed waits in the mailbox until the ring has a place; in the ring it gets its
//! number, in the order of writing, and stays until the client has acknowledged it. One lock, held
//! shortly, keeps the order; the socket has a lock of its own below it.

mod asking;
mod calling;
mod flushing;

use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::Notify;

pub(crate) use calling::Offered;
pub(crate) use flushing::Ended;

use crate::event::Policy;
use crate::hub::mailbox::{Mailbox, Posted};
use crate::hub::requests::Requests;
use crate::hub::socket::Socket;
use crate::wire::WireLimits;
use crate::wire::body::Body;
use crate::wire::close::CloseCode;
use crate::wire::frame::{Asks, beat};
use crate::wire::link::{Broken, Link, Standing};
use crate::wire::ring::NeverSent;
use crate::wire::rules::{Rule, Rules};
use crate::wire::sequence::Verdict;

/// Numbered frames of one client, in both directions.
#[derive(Debug)]
pub(crate) struct Outbox {
    state: Mutex<State>,
    /// Told when the mailbox has emptied: whoever sends outputs waits for it.
    emptied: Notify,
    limits: WireLimits,
    rules: Rules,
}

#[derive(Debug)]
struct State {
    /// The page whose frames these are; what an earlier page's calls still produce is refused.
    page: u64,
    mailbox: Mailbox,
    link: Link,
    /// What the page was asked and has not answered.
    requests: Requests,
    /// Whether replies had to be thrown away: the page cannot go on.
    is_overrun: bool,
    /// Whether the client has come back to mail that it has not had time to fetch: the events
    /// that it misses meanwhile are counted, or the next one would disconnect it again.
    is_catching_up: bool,
    /// Counts the sockets that the client was promised, so that only the newest is attached.
    turn: u64,
    /// The socket of the client, `None` while it is away. Its connection holds it too.
    socket: Option<Arc<Socket>>,
    /// Whether the connection's task is going to flush: what is pushed until then is numbered and
    /// written by it, all at once, and nobody has to wake it again.
    is_flush_due: bool,
}

/// A socket may be attached in the place of the one before it, which is fenced already: whatever
/// it still reads counts no more.
#[derive(Debug)]
pub(crate) struct TakeOver {
    /// Whose turn it is.
    pub(crate) turn: u64,
    /// The number by which the outbox knows the page.
    pub(crate) page: u64,
    /// The highest number received so far.
    pub(crate) received: u64,
    /// The socket before it, which is of no more use.
    pub(crate) socket_before: Option<Arc<Socket>>,
}

/// How soon something that was pushed is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Write {
    /// By the pushing task, at once.
    Now,
    /// By the connection's task, together with what others push until it runs.
    Soon,
    /// By whoever calls [`Outbox::write`], which somebody is going to.
    Later,
}

impl Outbox {
    /// An outbox of a client that has no socket yet.
    pub(crate) fn new(limits: WireLimits, rules: Rules) -> Self {
        let state = State {
            page: 0,
            mailbox: Mailbox::new(rules),
            is_overrun: false,
            is_catching_up: false,
            link: Link::new(&limits, limits.ring_bytes, rules),
            requests: Requests::default(),
            turn: 0,
            socket: None,
            is_flush_due: false,
        };
        Outbox { state: Mutex::new(state), emptied: Notify::new(), limits, rules }
    }

    /// Starts again for a new page of the client: numbers from 1, nothing waiting. What the page
    /// before it was still to get is thrown away.
    pub(crate) fn begin_page(&self, client_ring_bytes: usize) -> TakeOver {
        let mut state = self.state();
        state.page += 1;
        state.requests.end("its page was left or loaded anew before it answered");
        state.mailbox.clear();
        state.is_overrun = false;
        state.link = Link::new(&self.limits, client_ring_bytes, self.rules);
        let over = state.take_over(self.rules);
        drop(state);
        self.emptied.notify_waiters();
        over
    }

    /// Goes on for the same page of the client, which says where it stands.
    ///
    /// # Errors
    ///
    /// Why that cannot be done. The socket before is fenced nevertheless: the page is over.
    pub(crate) fn resume(&self, client: Standing) -> Result<TakeOver, Broken> {
        let mut state = self.state();
        // Fenced first: what the old socket reads from now on must not count as received.
        let over = state.take_over(self.rules);
        let resumed =
            if state.is_overrun { Err(Broken::Overrun) } else { state.link.resume(client) };
        if let Err(broken) = resumed {
            drop(state);
            over.close_before();
            return Err(broken);
        }
        self.fill(state);
        Ok(over)
    }

    /// Sends over this socket from now on, if it is still its turn; says whether it is.
    pub(crate) fn attach(&self, turn: u64, socket: &Arc<Socket>) -> bool {
        let mut state = self.state();
        let is_its_turn = state.turn == turn;
        if is_its_turn {
            state.socket = Some(Arc::clone(socket));
            state.requests.may_be_seen();
            state.is_catching_up = true;
            // Its connection begins with that.
            state.is_flush_due = true;
        }
        is_its_turn
    }

    /// The socket is gone, unless another one has taken its place; says whether it had not.
    pub(crate) fn detach(&self, socket: &Arc<Socket>) -> bool {
        let mut state = self.state();
        let is_mine = state.has_socket(socket);
        if is_mine {
            state.lose_socket();
        }
        is_mine
    }

    /// Queues an event. It never waits; for a client that does not keep up its policy acts.
    pub(crate) fn push_event(&self, name: &'static str, policy: Policy, body: Body, write: Write) {
        let mut state = self.state();
        if policy == Policy::Volatile {
            if state.take_volatile(&body) {
                self.write_out(state, write);
            }
            return;
        }
        let most_bytes = match &state.socket {
            Some(_) => self.limits.client_bytes.saturating_sub(state.link.cost_bytes()),
            // A client that is away costs its ring and as much again.
            None => self.limits.ring_bytes,
        };
        if state.can_skip_mailbox(&body, self.rules) {
            state.link.push(body);
        } else if state.mailbox.post_event(name, policy, body, most_bytes) == Posted::TooMuch {
            state.mailbox.miss(name);
            if let Some(socket) = state.socket.as_ref().filter(|_| !state.is_catching_up) {
                socket.close(CloseCode::TooSlow);
            }
        }
        self.write_out(state, write);
    }

    /// Whether what comes over this socket counts; of one that was superseded nothing does.
    pub(crate) fn listens_to(&self, socket: &Arc<Socket>) -> bool {
        self.state().has_socket(socket) || !self.rules.hold(Rule::Fence)
    }

    /// Judges the number of a frame that came over this socket. A socket that was superseded
    /// delivers nothing.
    pub(crate) fn receive(&self, socket: &Arc<Socket>, n: u64, bytes: usize) -> Verdict {
        let mut state = self.state();
        if !state.has_socket(socket) && self.rules.hold(Rule::Fence) {
            return Verdict::Drop;
        }
        state.link.receive(n, bytes)
    }

    /// The client has everything up to `n`.
    pub(crate) fn acknowledge(&self, socket: &Arc<Socket>, n: u64) -> Result<(), NeverSent> {
        let mut state = self.state();
        if !state.has_socket(socket) {
            return Ok(());
        }
        state.link.acknowledge(n)?;
        if !state.is_flush_due {
            self.fill(state);
        }
        Ok(())
    }

    /// Says that the client is heard, in a frame of its own where none else has gone out.
    ///
    /// Over a socket that was superseded nothing is said: nobody would hear it, and it would count
    /// as told.
    pub(crate) fn beat(&self, socket: &Arc<Socket>, asks: Asks) {
        let mut state = self.state();
        if !state.has_socket(socket) {
            return;
        }
        let received = state.link.tell_received();
        socket.push(&[&beat(received, asks)]);
    }

    /// Sends a bare acknowledgement if much was received since the last, and nothing else goes out
    /// next that says so.
    pub(crate) fn acknowledge_if_due(&self, socket: &Arc<Socket>) {
        let state = self.state();
        let is_due = state.link.is_ack_due() && state.link.is_written();
        drop(state);
        if is_due {
            self.beat(socket, Asks::Nothing);
        }
    }

    /// What it costs to keep what waits for the client, in bytes.
    pub(crate) fn cost_bytes(&self) -> usize {
        let state = self.state();
        state.mailbox.bytes() + state.link.cost_bytes()
    }

    /// How many events were left out so far.
    pub(crate) fn left_out(&self) -> u64 {
        self.state().mailbox.left_out()
    }

    /// The socket that the client has now.
    pub(crate) fn socket(&self) -> Option<Arc<Socket>> {
        self.state().socket.clone()
    }

    /// The session is over: nothing more is taken, and who waits to send waits no longer.
    pub(crate) fn end(&self) {
        let mut state = self.state();
        state.page += 1;
        state.requests.end("its session ended before it answered");
        state.mailbox.clear();
        drop(state);
        self.emptied.notify_waiters();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds this lock.
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl State {
    fn has_socket(&self, socket: &Arc<Socket>) -> bool {
        self.socket.as_ref().is_some_and(|mine| Arc::ptr_eq(mine, socket))
    }

    fn lose_socket(&mut self) -> Option<Arc<Socket>> {
        self.is_flush_due = false;
        self.socket.take()
    }

    /// Whether a body can have the next number at once.
    fn can_skip_mailbox(&self, body: &Body, rules: Rules) -> bool {
        let is_first = self.mailbox.is_empty() || !rules.hold(Rule::WaitInLine);
        is_first && self.link.has_place(body.len())
    }

    /// Buffers a body without a number if nothing waits before it, or drops it; says which.
    fn take_volatile(&mut self, body: &Body) -> bool {
        // What is only to be written together with more does not wait.
        let is_idle = self.mailbox.is_empty() && {
            self.fill();
            self.link.is_written()
        };
        let Some(socket) = self.socket.as_ref().filter(|_| is_idle) else { return false };
        let mut taking = socket.taking();
        let has_room = taking.has_room();
        if has_room {
            taking.push(b"{", body);
        }
        has_room
    }

    fn take_over(&mut self, rules: Rules) -> TakeOver {
        self.turn += 1;
        TakeOver {
            turn: self.turn,
            page: self.page,
            received: self.link.standing().received,
            socket_before: self.lose_socket().filter(|_| rules.hold(Rule::Fence)),
        }
    }
}

impl TakeOver {
    /// Closes the socket before, if there was one.
    pub(crate) fn close_before(&self) {
        if let Some(socket) = &self.socket_before {
            socket.close(CloseCode::Superseded);
        }
    }
}

#[cfg(test)]
mod tests;
