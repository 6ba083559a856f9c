//! What the server keeps of one client.

use std::sync::{Arc, Mutex, MutexGuard};

use crate::error::Error;
use crate::hub::ClientId;
use crate::hub::outbox::{Outbox, TakeOver};
use crate::identity::{Identity, Known};
use crate::session::calls::Calls;
use crate::session::usage::Usage;
use crate::session::values::{Session, Values};
use crate::wire::WireLimits;
use crate::wire::link::{Broken, Standing};
use crate::wire::rules::{Rule, Rules};

/// What it takes to keep a session for which nothing waits: the record, its places in the tables of
/// sessions and clients, and its strings. What the program keeps in it is not counted.
const EMPTY_BYTES: usize = 4 << 10;

/// One client's session. The table holds it while the session lives; each connection and each
/// call of the client holds it too.
#[derive(Debug)]
pub(crate) struct Record {
    /// The client's name, for as long as the session lives.
    pub(crate) client_id: ClientId,
    /// What the client is still to get. The hub holds it too.
    pub(crate) outbox: Arc<Outbox>,
    /// Other records of the session, under the client's other names, hold it too.
    own: Arc<Own>,
    /// Who the client is as of its last hello, where the program decides that.
    known: Mutex<Option<Known>>,
    page: Mutex<Page>,
    /// Held while a frame's number and its call are taken together.
    order: Mutex<()>,
    rules: Rules,
}

/// What a client keeps under each of its names.
#[derive(Debug, Default)]
struct Own {
    values: Values,
    /// What it calls of actions that have a bound.
    usage: Usage,
}

/// One load of the client's page: its calls end with it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    /// The number by which the outbox knows it.
    pub(crate) number: u64,
    /// Its open calls.
    pub(crate) calls: Arc<Calls>,
}

impl Record {
    pub(super) fn new(client_id: ClientId, wire: WireLimits, rules: Rules) -> Self {
        let outbox = Arc::new(Outbox::new(wire, rules));
        Record {
            client_id,
            outbox,
            own: Arc::default(),
            known: Mutex::default(),
            page: Mutex::default(),
            order: Mutex::default(),
            rules,
        }
    }

    /// The record of the same socket and calls under another name, with the values of this other
    /// record, which may be itself.
    pub(super) fn renamed(&self, client_id: ClientId, values: &Record) -> Self {
        Record {
            client_id,
            outbox: Arc::clone(&self.outbox),
            own: Arc::clone(&values.own),
            known: Mutex::default(),
            page: Mutex::new(self.page()),
            order: Mutex::default(),
            rules: self.rules,
        }
    }

    /// The value of type `T`, made when it is first asked for.
    pub(crate) fn value<T: Default + Send + 'static>(&self) -> Session<T> {
        self.own.values.of()
    }

    /// What the client calls of actions that have a bound.
    pub(crate) fn usage(&self) -> &Usage {
        &self.own.usage
    }

    /// What it costs to keep the session.
    pub(crate) fn cost_bytes(&self) -> usize {
        EMPTY_BYTES + self.outbox.cost_bytes() + self.page().calls.cost_bytes()
    }

    /// Who the client is.
    ///
    /// # Errors
    ///
    /// `internal` where clients are not known as this type.
    pub(crate) fn identity<T: Send + Sync + 'static>(&self) -> Result<Identity<T>, Error> {
        Known::of(self.known().as_ref())
    }

    /// Whether somebody with this identity is the client.
    pub(super) fn is(&self, known: Option<&Known>) -> bool {
        match (self.known().as_ref(), known) {
            (Some(one), Some(other)) => one.is(other),
            (one, other) => one.is_none() && other.is_none(),
        }
    }

    /// The client has come, and has this identity from now on; returns the one that it had before.
    #[must_use = "its drop is the program's own, and may do anything"]
    pub(super) fn come(&self, known: Option<Known>) -> Option<Known> {
        std::mem::replace(&mut self.known(), known)
    }

    fn known(&self) -> MutexGuard<'_, Option<Known>> {
        self.known.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Until it is dropped, no other frame of the client is received. The frame behind one may come
    /// over another socket, in another task, and must not open its call first.
    pub(crate) fn in_order(&self) -> MutexGuard<'_, ()> {
        self.order.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// The page that the client has loaded.
    pub(crate) fn page(&self) -> Page {
        self.lock().clone()
    }

    /// Ends the page before, its calls and its socket, and begins a new one.
    pub(super) fn begin_page(&self, client_ring_bytes: usize) -> TakeOver {
        let mut page = self.lock();
        let is_first = page.number == 0;
        if !is_first && self.rules.hold(Rule::EndOldPage) {
            page.calls.end();
        }
        let over = self.outbox.begin_page(client_ring_bytes);
        over.close_before();
        page.number = over.page;
        // No page was before the first one, whose calls are those that the record began with.
        if !is_first {
            page.calls = Arc::default();
        }
        over
    }

    /// Goes on with the page as it is, over another socket.
    ///
    /// # Errors
    ///
    /// Why that cannot be done; the page is to be ended.
    pub(super) fn resume(&self, client: Standing) -> Result<TakeOver, Broken> {
        let over = self.outbox.resume(client)?;
        over.close_before();
        Ok(over)
    }

    /// Ends the calls of the page; nothing comes behind them.
    pub(super) fn end(&self) {
        self.lock().calls.end();
        self.outbox.end();
    }

    fn lock(&self) -> MutexGuard<'_, Page> {
        self.page.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
