//! A session and its sockets, driven by a client that does whatever the bytes say.

use std::sync::Arc;

use crate::hub::Hub;
use crate::hub::outbox::Write;
use crate::hub::socket::Socket;
use crate::session::{Entered, Record, Refused, SessionLimits, Sessions};
use crate::shutdown::Shutdown;
use crate::wire::WireLimits;
use crate::wire::body::Body;
use crate::wire::close::CloseCode;
use crate::wire::hello::Hello;
use crate::wire::ring::OVERHEAD_BYTES;
use crate::wire::rules::Rules;
use crate::wire::sequence::Verdict;

/// The name of the one session that there is.
const SESSION: &str = "the-one-session-that-there-is";

/// Small, so that everything that can be full is.
const LIMITS: WireLimits =
    WireLimits { message_bytes: 1 << 12, ring_frames: 4, ring_bytes: 64, client_bytes: 1 << 11 };

/// Runs what the bytes say: whoever comes, goes, sends and acknowledges.
///
/// # Panics
///
/// When a number is delivered twice or out of order, a session goes on where it is not, or somebody
/// gets in who may not.
pub fn session(bytes: &[u8]) {
    let sessions = Sessions::new(
        Hub::new(LIMITS.message_bytes, Default::default(), Default::default()),
        SessionLimits::default(),
        LIMITS,
        Shutdown::default(),
        Rules::default(),
    );
    let mut client = Client::new(sessions);
    let mut bytes = bytes.iter().copied();
    while let Some(what) = bytes.next() {
        let value = bytes.next().unwrap_or(0);
        client.act(what, value);
        client.check();
    }
}

/// The client, and what has to be true of its session.
struct Client {
    sessions: Sessions,
    attempt: u64,
    page: u8,
    /// The newest key, and the one before it while that is good too.
    key: String,
    key_before: Option<String>,
    now: Option<Connected>,
    /// The socket before, which was superseded or left.
    before: Option<Connected>,
    /// The last number that was delivered to the server on this page.
    delivered: u64,
    /// So many frames were pushed for this page; no more than that have a number.
    pushed: u64,
}

#[derive(Clone)]
struct Connected {
    socket: Arc<Socket>,
    record: Arc<Record>,
}

impl Client {
    fn new(sessions: Sessions) -> Self {
        Client {
            sessions,
            attempt: 0,
            page: 0,
            key: "k".repeat(43),
            key_before: None,
            now: None,
            before: None,
            delivered: 0,
            pushed: 0,
        }
    }

    fn act(&mut self, what: u8, value: u8) {
        let number = u64::from(value);
        match what % 12 {
            0 => {
                self.page = value;
                self.come(None);
            }
            1 => self.come(Some((number, 1))),
            2 => self.come(Some((self.pushed.min(number), self.delivered + 1))),
            3 => self.come(Some((number.wrapping_neg(), number << 56))),
            4 => self.come_with_another_key(),
            5 => self.come_late(),
            6 => self.push(value),
            7 => self.send((self.delivered + 1).saturating_add(number % 4).saturating_sub(1)),
            8 => self.send_over_the_old_socket(self.delivered + 1),
            9 => self.acknowledge(number),
            10 => self.confirm(),
            _ => self
                .leave([None, Some(CloseCode::Gap), Some(CloseCode::Protocol)][value as usize % 3]),
        }
    }

    fn hello(&self, key: &str, attempt: u64, resume: Option<(u64, u64)>) -> Hello {
        let resume = resume.map_or(String::new(), |(received, have)| {
            format!(r#","resume":{{"received":{received},"have":{have}}}"#)
        });
        let page = self.page;
        Hello::read(&format!(
            r#"{{"action":"igor.hello","data":{{"session":"{SESSION}","key":"{key}","page":"{page}","attempt":{attempt},"contract":"","ring":64{resume}}}}}"#
        ))
        .expect("a hello")
    }

    fn come(&mut self, resume: Option<(u64, u64)>) {
        self.attempt += 1;
        let hello = self.hello(&self.key, self.attempt, resume);
        let entry = self.sessions.enter(&hello, None).expect("its own key lets it in");
        assert_ne!(entry.key, self.key, "each welcome has a key of its own");
        if entry.entered == Entered::Resumed {
            let (received, _) = resume.expect("it asked for that");
            assert!(received <= self.pushed, "it goes on with {received} of {}", self.pushed);
            assert_eq!(entry.over.received, self.delivered);
        } else {
            (self.delivered, self.pushed) = (0, 0);
            assert_eq!(entry.over.received, 0);
        }
        self.key_before = Some(std::mem::replace(&mut self.key, entry.key));
        let socket = Arc::new(Socket::new(tokio::io::sink()));
        assert!(entry.record.outbox.attach(entry.over.turn, &socket));
        if let Some(superseded) = self.now.replace(Connected { socket, record: entry.record }) {
            assert!(superseded.socket.closing().is_some(), "it is closed by who takes over");
            self.before = Some(superseded);
        }
    }

    /// A thief, or a page with a key that is long dead.
    fn come_with_another_key(&mut self) {
        let is_known = self.sessions_know_me();
        let hello = self.hello(&"x".repeat(43), u64::MAX, None);
        if is_known {
            assert!(matches!(self.sessions.enter(&hello, None), Err(Refused::Told(_))));
        }
    }

    /// The hello of a socket that others have overtaken.
    fn come_late(&mut self) {
        let is_known = self.sessions_know_me();
        if is_known {
            let late = self.hello(&self.key, self.attempt, Some((0, 1)));
            assert!(matches!(self.sessions.enter(&late, None), Err(Refused::Superseded)));
        }
    }

    /// Whether the session lives, as far as a connected client can be sure of that.
    fn sessions_know_me(&self) -> bool {
        self.now.is_some()
    }

    fn push(&mut self, value: u8) {
        let Some(Connected { record, .. }) = &self.now else { return };
        let body = Body::text(vec![b'x'; usize::from(value)]);
        record.outbox.push_for_page(record.page().number, body, Write::Now).expect("it is short");
        self.pushed += 1;
    }

    fn send(&mut self, n: u64) {
        let Some(Connected { socket, record }) = self.now.clone() else { return };
        match record.outbox.receive(&socket, n, 1) {
            Verdict::Deliver => {
                assert_eq!(n, self.delivered + 1, "delivered out of its turn");
                self.delivered = n;
            }
            Verdict::Drop => assert!(n <= self.delivered, "{n} was dropped and is new"),
            Verdict::Gap => self.leave(Some(CloseCode::Gap)),
            Verdict::GapAgain => self.leave(Some(CloseCode::Protocol)),
        }
    }

    fn send_over_the_old_socket(&mut self, n: u64) {
        let Some(Connected { socket, record }) = &self.before else { return };
        assert_eq!(record.outbox.receive(socket, n, 1), Verdict::Drop, "a fence has a hole");
    }

    fn acknowledge(&mut self, n: u64) {
        let Some(Connected { socket, record }) = self.now.clone() else { return };
        let is_accepted = record.outbox.acknowledge(&socket, n).is_ok();
        assert!(!is_accepted || n <= self.pushed, "{n} of {} was accepted", self.pushed);
        if !is_accepted {
            self.leave(Some(CloseCode::Protocol));
        }
    }

    fn confirm(&mut self) {
        let Some(Connected { socket, .. }) = &self.now else { return };
        self.sessions.confirm_key(SESSION, socket);
        if let Some(dead) = self.key_before.take() {
            let hello = self.hello(&dead, u64::MAX, None);
            assert!(matches!(self.sessions.enter(&hello, None), Err(Refused::Told(_))));
        }
    }

    fn leave(&mut self, why: Option<CloseCode>) {
        let Some(gone) = self.now.take() else { return };
        self.sessions.leave(&SESSION.into(), &gone.socket, why);
        self.before = Some(gone);
    }

    /// What is kept for a client has a bound, whatever it does.
    fn check(&self) {
        let Some(Connected { record, .. }) = &self.now else { return };
        let kept = record.outbox.cost_bytes();
        assert!(kept <= LIMITS.client_bytes + OVERHEAD_BYTES, "{kept} bytes are kept");
    }
}
