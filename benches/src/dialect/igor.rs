//! `igor.1`, with its numbers, acknowledgements and credit, as PROTOCOL.md has them.

use std::fmt::Write as _;
use std::sync::OnceLock;

use super::{Ask, Dialect, Heard, SAY, take_number};

/// The contract of the server, which a client is generated with; the first one here learns it from
/// the welcome.
static CONTRACT: OnceLock<String> = OnceLock::new();

/// How many items may be on their way, and after how many the server is told to send more.
const CREDIT: u64 = 256;
const CREDIT_EVERY: u64 = 128;

/// After how many frames or bytes an acknowledgement goes out by itself.
const ACK_FRAMES: u64 = 32;
const ACK_BYTES: usize = 64 << 10;

/// One client, which may come back.
pub(super) struct Igor {
    session: String,
    key: String,
    attempt: u64,
    sent: u64,
    received: u64,
    untold: u64,
    untold_bytes: usize,
    items: u64,
}

impl Igor {
    pub(super) fn new(connection: u64) -> Self {
        let (session, key) = (format!("{connection:0>22}"), format!("{connection:0>43}"));
        Igor {
            session,
            key,
            attempt: 1,
            sent: 0,
            received: 0,
            untold: 0,
            untold_bytes: 0,
            items: 0,
        }
    }

    /// Begins a numbered frame, which acknowledges what was received.
    fn begin(&mut self, text: &mut String) {
        self.sent += 1;
        self.told();
        let (n, ack) = (self.sent, self.received);
        let _ = if ack == 0 {
            write!(text, "{{\"n\":{n}")
        } else {
            write!(text, "{{\"n\":{n},\"ack\":{ack}")
        };
    }

    fn told(&mut self) {
        (self.untold, self.untold_bytes) = (0, 0);
    }

    /// Takes in a numbered frame from behind its number.
    fn numbered<'a>(&mut self, mut rest: &'a str, answer: &mut Option<String>) -> Heard<'a> {
        let _ack = take_number(&mut rest, r#","ack":"#);
        let Some(id) = take_number(&mut rest, r#","streamId":"#) else {
            let event = rest.split_once(r#""data":"#).and_then(|(_, data)| data.strip_suffix('}'));
            return event.map_or(Heard::Wrong, Heard::Event);
        };
        if rest == r#","close":true}"# {
            return Heard::Reply(id, "");
        }
        if rest.ends_with(r#","code":499,"close":true}"#) {
            return Heard::Reply(id, "cancelled");
        }
        let Some(data) = rest.strip_prefix(r#","data":"#) else { return Heard::Wrong };
        if let Some(data) = data.strip_suffix(r#","close":true}"#) {
            return Heard::Reply(id, data);
        }
        let Some(data) = data.strip_suffix('}') else { return Heard::Wrong };
        self.items += 1;
        if self.items.is_multiple_of(CREDIT_EVERY) {
            let mut text = String::new();
            self.begin(&mut text);
            let _ = write!(text, r#","streamId":{id},"credit":{CREDIT_EVERY}}}"#);
            *answer = Some(text);
        }
        Heard::Item(data)
    }
}

impl Dialect for Igor {
    fn upgrade(&self) -> (&'static str, &'static str) {
        let headers = "Sec-WebSocket-Protocol: igor.1\r\n\
                       Authorization: Bearer a-token-for-benches-only\r\n";
        ("/", headers)
    }

    fn greeting(&mut self) -> Option<String> {
        let Igor { session, key, attempt, .. } = self;
        let page = format!("{attempt:0>22}");
        let contract = CONTRACT.get().map_or("0", String::as_str);
        Some(format!(
            r#"{{"action":"igor.hello","data":{{"session":"{session}","key":"{key}","page":"{page}","attempt":{attempt},"contract":"{contract}","ring":1048576}}}}"#
        ))
    }

    fn is_ready(&self) -> bool {
        false
    }

    fn calls_at_once(&self) -> bool {
        self.attempt == 1
    }

    fn tail(&self, ask: &Ask) -> String {
        match ask {
            Ask::Say => format!(r#","action":"say","data":{SAY}}}"#),
            Ask::Echo(rows) => format!(r#","action":"echo","data":{rows}}}"#),
            Ask::Count(n) => format!(r#","action":"count","credit":{CREDIT},"data":{n}}}"#),
            Ask::Report(n) => format!(r#","action":"report","credit":{CREDIT},"data":{n}}}"#),
            Ask::Tell(n) => format!(r#","action":"tell","data":{n}}}"#),
            Ask::Enter(rooms) => format!(r#","action":"enter","data":{rooms}}}"#),
            Ask::TellRoom(n) => format!(r#","action":"tell_room","data":{n}}}"#),
            Ask::Wait => r#","action":"wait"}"#.to_owned(),
        }
    }

    fn head(&mut self, id: u64, text: &mut String) {
        self.begin(text);
        let _ = write!(text, r#","streamId":{id}"#);
    }

    fn hear<'a>(&mut self, message: &'a str, answer: &mut Option<String>) -> Heard<'a> {
        let mut rest = message;
        let Some(n) = take_number(&mut rest, r#"{"n":"#) else {
            if !message.starts_with(r#"{"action":"igor.welcome","data""#) {
                return if message.starts_with(r#"{"ack""#) { Heard::Other } else { Heard::Wrong };
            }
            let key = message.split_once(r#""key":""#).and_then(|(_, key)| key.split_once('"'));
            let Some((key, _)) = key else { return Heard::Wrong };
            self.key = key.to_owned();
            if let Some((_, hash)) = message.split_once(r#""hash":""#) {
                CONTRACT.get_or_init(|| hash.chars().take_while(|sign| *sign != '"').collect());
            }
            *answer = Some(r#"{"ack":0}"#.to_owned());
            return Heard::Ready;
        };
        if n != self.received + 1 {
            return Heard::Wrong;
        }
        self.received = n;
        self.untold += 1;
        self.untold_bytes += message.len();
        let heard = self.numbered(rest, answer);
        if self.untold >= ACK_FRAMES || self.untold_bytes >= ACK_BYTES {
            self.told();
            *answer = Some(format!(r#"{{"ack":{n}}}"#));
        }
        heard
    }

    fn renew(&mut self) {
        let (session, key) = (std::mem::take(&mut self.session), std::mem::take(&mut self.key));
        *self = Igor { session, key, attempt: self.attempt + 1, ..Igor::new(0) };
    }
}
