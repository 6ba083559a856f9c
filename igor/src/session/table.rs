//! All sessions: create, take over, end.
//!
//! Take-over and expiry are decided under one lock, so that a client that comes back in the last
//! moment either finds its session whole or not at all.

mod absence;
mod introduction;
mod locked;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;
use tokio::time::Instant;
use tracing::debug;

use crate::error::{Code, Error};
use crate::hub::outbox::TakeOver;
use crate::hub::socket::Socket;
use crate::hub::{ClientId, Hub};
use crate::identity::Known;
use crate::session::record::Record;
use crate::session::table::locked::Locked;
use crate::session::{SessionLimits, secret};
use crate::shutdown::Shutdown;
use crate::stats::Stats;
use crate::wire::WireLimits;
use crate::wire::close::CloseCode;
use crate::wire::hello::Hello;
use crate::wire::link::Broken;
use crate::wire::rules::{Rule, Rules};

pub(crate) use introduction::Trust;

/// The sessions of a server.
#[derive(Debug)]
pub(crate) struct Sessions {
    table: Mutex<Table>,
    /// Told when a session becomes absent, so that the sweeper knows of its end.
    absent: Notify,
    hub: Hub,
    limits: SessionLimits,
    wire: WireLimits,
    shutdown: Shutdown,
    rules: Rules,
}

#[derive(Debug, Default)]
struct Table {
    sessions: HashMap<Arc<str>, Kept>,
    /// Which session a client id belongs to.
    clients: HashMap<ClientId, Arc<str>>,
    /// Sessions without a socket and when each is over, the earliest first; an entry whose
    /// absence has ended meanwhile is skipped.
    absent: VecDeque<(Instant, Arc<str>, u64)>,
    /// What was counted of all sessions; what has to be looked for is not in it.
    counted: Stats,
    /// Counts absences, of all sessions: one that begins anew under the same id must not end by
    /// an absence of the one before.
    absences: u64,
}

#[derive(Debug)]
struct Kept {
    record: Arc<Record>,
    secrets: Secrets,
    page: String,
    attempt: u64,
    /// How the client entered, while its numbers began anew without it knowing: until it has
    /// shown that it was told so, what it says of where it stands is about the numbers before.
    untold: Option<Entered>,
    /// Which absence it is in, by its number, if it is without a socket.
    absence: Option<u64>,
    /// Whether the client has its name only because it gave it, as classic clients do: another one
    /// that gives the name may then take the session over, where names are trusted. No key holds
    /// such a session.
    is_introduced: bool,
}

/// The keys that hold a session: the newest, and the one before it until the client has shown
/// that it has the newest.
#[derive(Debug)]
struct Secrets {
    newest: String,
    presented: Option<String>,
}

/// The answer to a hello.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The session; the table holds it too.
    pub(crate) session: Arc<str>,
    pub(crate) record: Arc<Record>,
    /// The right to attach the socket.
    pub(crate) over: TakeOver,
    /// The key that holds the session from now on.
    pub(crate) key: String,
    pub(crate) entered: Entered,
}

/// How a client entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entered {
    /// With a session that begins.
    New,
    /// With a session that begins, although the client believed that it had one.
    Unknown,
    /// With a session that was kept, on a new page.
    NewPage,
    /// With a session that was kept, on a page that cannot go on.
    Broken(Broken),
    /// With a session that was kept and goes on where it was.
    Resumed,
}

impl Entered {
    /// Why the client does not go on where it was, if it does not.
    pub(crate) const fn reason(self) -> Option<&'static str> {
        match self {
            Entered::New => Some("a new session"),
            Entered::Unknown => Some("the server does not know the session"),
            Entered::NewPage => Some("a new page"),
            Entered::Broken(broken) => Some(broken.reason()),
            Entered::Resumed => None,
        }
    }
}

/// Why a hello was not accepted.
#[derive(Debug)]
pub(crate) enum Refused {
    /// A newer socket of the session was accepted before; only this socket ends.
    Superseded,
    /// The client is told why.
    Told(Error),
}

impl Sessions {
    pub(crate) fn new(
        hub: Hub,
        limits: SessionLimits,
        wire: WireLimits,
        shutdown: Shutdown,
        rules: Rules,
    ) -> Self {
        let (table, absent) = (Mutex::default(), Notify::new());
        Sessions { table, absent, hub, limits, wire, shutdown, rules }
    }

    /// Finds or creates the session of a client that says hello and is known so, and goes on with
    /// its page or begins one. A socket that the session had before is fenced and closed.
    pub(crate) fn enter(&self, hello: &Hello, known: Option<Known>) -> Result<Entry, Refused> {
        let mut table = self.table();
        let found = match table.sessions.get_key_value(hello.session.as_str()) {
            Some((session, kept)) => {
                kept.admit(hello, known.as_ref(), self.rules)?.then(|| Arc::clone(session))
            }
            None => None,
        };
        let (key, id) = secret::random_pair::<32, 9>().map_err(Refused::Told)?;
        let (session, kept, found) = match found {
            Some(session) => match table.sessions.get_mut(&session) {
                Some(kept) => (session, kept, true),
                None => {
                    let error = Error::internal("a session that was just found is gone");
                    return Err(Refused::Told(error));
                }
            },
            None => {
                let created = self.create(&mut table, hello, id).map_err(Refused::Told)?;
                (created.0, created.1, false)
            }
        };
        let untold = kept.untold.filter(|_| !kept.secrets.is_newest(&hello.key));
        let untold = untold.filter(|_| self.rules.hold(Rule::TellBeginning));
        let is_same_page = kept.page == hello.page || !self.rules.hold(Rule::SamePage);
        let (entered, over) = match (&hello.resume, found) {
            (Some(_), false) => (Entered::Unknown, kept.record.begin_page(hello.ring)),
            (None, false) => (Entered::New, kept.record.begin_page(hello.ring)),
            (Some(resume), true) if is_same_page => {
                let resumed = match untold {
                    Some(entered) => Err(entered),
                    None => kept.record.resume(resume.standing()).map_err(Entered::Broken),
                };
                match resumed {
                    Ok(over) => (Entered::Resumed, over),
                    Err(entered) => (entered, kept.record.begin_page(hello.ring)),
                }
            }
            (_, true) => (Entered::NewPage, kept.record.begin_page(hello.ring)),
        };
        let believes_to_resume = hello.resume.is_some() && entered != Entered::Resumed;
        kept.untold = believes_to_resume.then_some(entered);
        let presented = Some(hello.key.clone()).filter(|_| self.rules.hold(Rule::KeepOldKey));
        kept.secrets = Secrets { newest: key.clone(), presented };
        kept.page.clone_from(&hello.page);
        kept.attempt = hello.attempt;
        kept.absence = None;
        let before = kept.record.come(known);
        let record = Arc::clone(&kept.record);
        table.forget(before);
        table.counted.sessions += u64::from(!found);
        table.counted.resumes += u64::from(entered == Entered::Resumed);
        Ok(Entry { session, record, over, key, entered })
    }

    /// The client has shown over this socket that it has the key that it was told on it: the one
    /// before it dies. A socket that was superseded shows nothing of the newest key.
    pub(crate) fn confirm_key(&self, session: &str, socket: &Arc<Socket>) {
        let mut table = self.table();
        let kept = table.sessions.get_mut(session);
        if let Some(kept) = kept.filter(|kept| kept.record.outbox.listens_to(socket)) {
            if self.rules.hold(Rule::DropOldKey) {
                kept.secrets.presented = None;
            }
            kept.untold = None;
        }
    }

    /// The session of a client.
    pub(crate) fn find(&self, id: &ClientId) -> Option<Arc<Record>> {
        let table = self.table();
        let session = table.clients.get(id)?;
        table.sessions.get(session).map(|kept| Arc::clone(&kept.record))
    }

    /// What is counted of sessions, as of now.
    pub(crate) fn stats(&self) -> Stats {
        let table = self.table();
        let mut stats = table.counted.clone();
        for kept in table.sessions.values() {
            let outbox = &kept.record.outbox;
            let waiting_bytes = outbox.cost_bytes();
            stats.waiting_bytes += waiting_bytes;
            stats.most_waiting_bytes = stats.most_waiting_bytes.max(waiting_bytes);
            stats.events_left_out += outbox.left_out();
            stats.open_calls += kept.record.page().calls.len();
            match kept.absence {
                Some(_) => stats.absent += 1,
                None => stats.connected += 1,
            }
        }
        stats
    }

    /// Begins a session; its client has this id unless it has chosen a name.
    fn create<'a>(
        &self,
        table: &'a mut Locked<'_>,
        hello: &Hello,
        id: String,
    ) -> Result<(Arc<str>, &'a mut Kept), Error> {
        let client_id = ClientId::from(hello.name.as_deref().unwrap_or(&id));
        let holder = table.clients.get(&client_id);
        if holder.is_some_and(|session| **session != *hello.session) {
            return Err(taken(&client_id));
        }
        // A session that goes on under another name is another session.
        self.remove(table, &hello.session);
        if table.sessions.len() >= self.limits.clients {
            let text = format!("the server has {} clients already", self.limits.clients);
            return Err(Error::new(Code::Overloaded, text).retry_after(self.limits.grace));
        }
        let record = Arc::new(Record::new(client_id.clone(), self.wire.clone(), self.rules));
        self.hub.arrive(&client_id, &record.outbox);
        let session = Arc::<str>::from(hello.session.as_str());
        table.clients.insert(client_id, Arc::clone(&session));
        let kept = Kept {
            record,
            secrets: Secrets { newest: String::new(), presented: None },
            page: String::new(),
            attempt: 0,
            untold: None,
            absence: None,
            is_introduced: false,
        };
        let kept = table.sessions.entry(Arc::clone(&session)).insert_entry(kept).into_mut();
        Ok((session, kept))
    }

    fn remove(&self, table: &mut Locked<'_>, session: &str) {
        let Some(record) = table.take(session) else { return };
        let id = &record.client_id;
        table.clients.remove(id);
        self.hub.depart(id);
        debug!(client = %id, "session ended");
        table.end(record);
    }

    fn table(&self) -> Locked<'_> {
        Locked::new(&self.table)
    }
}

fn taken(name: &ClientId) -> Error {
    Error::forbidden(format!("the name `{name}` belongs to another client"))
}

impl Table {
    /// Takes a session out and ends it; its name is left.
    fn take(&mut self, session: &str) -> Option<Arc<Record>> {
        let Kept { record, .. } = self.sessions.remove(session)?;
        record.end();
        self.counted.events_left_out += record.outbox.left_out();
        if let Some(socket) = record.outbox.socket() {
            socket.close(CloseCode::Superseded);
        }
        Some(record)
    }
}

impl Kept {
    /// Whether the client is who it was; a session that goes on under another name, or as somebody
    /// else, is another.
    fn admit(&self, hello: &Hello, known: Option<&Known>, rules: Rules) -> Result<bool, Refused> {
        if !self.secrets.holds(&hello.key) && rules.hold(Rule::HoldByKey) {
            let error = Error::forbidden("the session belongs to another key");
            return Err(Refused::Told(error));
        }
        if hello.attempt <= self.attempt && rules.hold(Rule::RisingAttempt) {
            return Err(Refused::Superseded);
        }
        if self.absence.is_none() && !rules.hold(Rule::TakeOver) {
            return Err(Refused::Superseded);
        }
        let id = self.record.client_id.as_str();
        let is_same = hello.name.as_deref().is_none_or(|name| name == id);
        let is_same = is_same || !rules.hold(Rule::SameName);
        Ok(is_same && (self.record.is(known) || !rules.hold(Rule::SameIdentity)))
    }
}

impl Secrets {
    fn is_newest(&self, key: &str) -> bool {
        secret::is_same(&self.newest, key)
    }

    fn holds(&self, key: &str) -> bool {
        let newest = self.is_newest(key);
        let presented = self.presented.as_ref().is_some_and(|old| secret::is_same(old, key));
        newest | presented
    }
}

#[cfg(test)]
mod tests;
