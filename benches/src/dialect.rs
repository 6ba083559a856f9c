//! How each server is spoken to.

use crate::payload::{Row, rows};

/// What a server is asked.
#[derive(Clone, Debug)]
pub enum Ask {
    /// A small call.
    Say,
    /// A call that carries this JSON, and gets it back.
    Echo(String),
    /// A stream of so many items.
    Count(u32),
    /// A call with so many outputs.
    Report(u32),
    /// An event for everybody.
    Tell(u32),
}

/// What a message of a server means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Heard {
    /// The server takes calls now.
    Ready,
    /// The last word of this call.
    Reply(u64),
    /// An item of a stream.
    Item,
    /// An event.
    Event,
    /// Something of the protocol's own.
    Other,
}

/// One connection's side of a protocol.
pub trait Dialect {
    /// What is asked for in the upgrade, and further headers with their line ends.
    fn upgrade(&self) -> (&'static str, &'static str) {
        ("/", "")
    }

    /// The first message, if the client speaks first.
    fn greeting(&mut self) -> Option<String> {
        None
    }

    /// Whether calls may be made at once; otherwise behind `Heard::Ready`.
    fn is_ready(&self) -> bool {
        true
    }

    /// The message that asks.
    fn ask(&mut self, id: u64, ask: &Ask) -> String;

    /// Understands a message, and says what the protocol wants to be answered.
    fn hear(&mut self, message: &str, answer: &mut Option<String>) -> Heard;
}

/// The servers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Peer {
    /// igor.
    Igor,
    /// The loop that people write by hand.
    HandWritten,
    /// One buffer, one write a socket.
    BareSends,
    /// jsonrpsee.
    Jsonrpsee,
    /// socketioxide.
    Socketioxide,
}

impl Peer {
    /// All of them.
    pub const ALL: [Peer; 5] =
        [Peer::Igor, Peer::HandWritten, Peer::BareSends, Peer::Jsonrpsee, Peer::Socketioxide];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Peer::Igor => "igor",
            Peer::HandWritten => "hand-written",
            Peer::BareSends => "bare-sends",
            Peer::Jsonrpsee => "jsonrpsee",
            Peer::Socketioxide => "socketioxide",
        }
    }

    /// The program's name.
    pub fn program(self) -> String {
        self.name().replace('-', "_")
    }

    /// A connection's side of its protocol; connections of one server have different numbers.
    pub fn dialect(self, connection: usize) -> Box<dyn Dialect> {
        match self {
            Peer::Igor => Box::new(Igor { connection, ..Igor::default() }),
            Peer::HandWritten | Peer::BareSends => Box::new(Plain),
            Peer::Jsonrpsee => Box::new(JsonRpc::default()),
            Peer::Socketioxide => Box::new(SocketIo),
        }
    }
}

/// The parameters of a small call.
const SAID: &str = r#"{"room":"lobby","text":"hello there, how are you?"}"#;

/// What stands in its answer.
const ANSWERED: &str = r#""text":"hello there, how are you?""#;

/// About 100 KiB of rows, as JSON.
pub fn large() -> String {
    let rows: Vec<Row> = rows(1000);
    serde_json::to_string(&rows).expect("plain data")
}

/// The number that stands behind a word.
fn number(text: &str, word: &str) -> Option<u64> {
    let rest = &text[text.find(word)? + word.len()..];
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

/// Complains of an answer that is none to what was asked.
fn check(message: &str) {
    let is_right = message.contains(ANSWERED) || message.len() > 50_000 || message.contains("null");
    assert!(is_right, "not what was asked for: {message}");
}

#[derive(Default)]
struct Igor {
    connection: usize,
    sent: u64,
    received: u64,
    untold: u64,
    untold_bytes: usize,
    items: u64,
}

impl Igor {
    fn numbered(&mut self, rest: &str) -> String {
        self.sent += 1;
        self.told();
        match self.received {
            0 => format!("{{\"n\":{},{rest}", self.sent),
            received => format!("{{\"n\":{},\"ack\":{received},{rest}", self.sent),
        }
    }

    fn told(&mut self) {
        (self.untold, self.untold_bytes) = (0, 0);
    }
}

impl Dialect for Igor {
    fn upgrade(&self) -> (&'static str, &'static str) {
        let headers = "Sec-WebSocket-Protocol: igor.1\r\n\
                       Authorization: Bearer a-token-for-benches-only\r\n";
        ("/", headers)
    }

    fn greeting(&mut self) -> Option<String> {
        let connection = self.connection;
        let secret = format!("{connection:0>43}");
        let session = format!("{connection:0>22}");
        Some(format!(
            r#"{{"action":"igor.hello","data":{{"session":"{session}","key":"{secret}","page":"{session}","attempt":1,"contract":"0","ring":1048576}}}}"#
        ))
    }

    fn is_ready(&self) -> bool {
        false
    }

    fn ask(&mut self, id: u64, ask: &Ask) -> String {
        let rest = match ask {
            Ask::Say => format!(r#""streamId":{id},"action":"say","data":{SAID}}}"#),
            Ask::Echo(rows) => format!(r#""streamId":{id},"action":"echo","data":{rows}}}"#),
            Ask::Count(n) => {
                format!(r#""streamId":{id},"action":"count","credit":256,"data":{n}}}"#)
            }
            Ask::Report(n) => {
                format!(r#""streamId":{id},"action":"report","credit":256,"data":{n}}}"#)
            }
            Ask::Tell(n) => format!(r#""streamId":{id},"action":"tell","data":{n}}}"#),
        };
        self.numbered(&rest)
    }

    fn hear(&mut self, message: &str, answer: &mut Option<String>) -> Heard {
        let head = &message[..message.len().min(80)];
        let Some(n) = number(head, r#"{"n":"#) else {
            if head.contains("igor.welcome") {
                assert!(!message.contains("error"), "{message}");
                *answer = Some(r#"{"ack":0}"#.to_owned());
                return Heard::Ready;
            }
            return Heard::Other;
        };
        self.received = n;
        self.untold += 1;
        self.untold_bytes += message.len();
        let heard = match number(head, r#""streamId":"#) {
            None => Heard::Event,
            Some(id) if message.ends_with(r#""close":true}"#) => {
                assert!(!message.contains(r#""error""#), "{message}");
                if message.contains("data") {
                    check(message);
                }
                Heard::Reply(id)
            }
            Some(id) => {
                self.items += 1;
                if self.items.is_multiple_of(128) {
                    *answer = Some(self.numbered(&format!(r#""streamId":{id},"credit":128}}"#)));
                }
                Heard::Item
            }
        };
        if answer.is_none() && (self.untold >= 32 || self.untold_bytes >= 64 << 10) {
            self.told();
            *answer = Some(format!(r#"{{"ack":{}}}"#, self.received));
        }
        heard
    }
}

/// `{"id":1,"action":"say","data":…}` and `{"id":1,"data":…}`.
struct Plain;

impl Dialect for Plain {
    fn ask(&mut self, id: u64, ask: &Ask) -> String {
        let (action, data) = match ask {
            Ask::Say => ("say", SAID.to_owned()),
            Ask::Echo(rows) => ("echo", rows.clone()),
            Ask::Count(n) | Ask::Report(n) => ("count", n.to_string()),
            Ask::Tell(n) => ("tell", n.to_string()),
        };
        format!(r#"{{"id":{id},"action":"{action}","data":{data}}}"#)
    }

    fn hear(&mut self, message: &str, _answer: &mut Option<String>) -> Heard {
        if message.contains("counted") {
            return Heard::Event;
        }
        let id = number(&message[..message.len().min(40)], r#""id":"#).expect("an id");
        if message.ends_with(r#""data":null}"#) {
            return Heard::Reply(id);
        }
        if message.contains(r#""data":{"n""#) {
            return Heard::Item;
        }
        check(message);
        Heard::Reply(id)
    }
}

#[derive(Default)]
struct JsonRpc {
    is_subscribed: bool,
}

impl Dialect for JsonRpc {
    fn greeting(&mut self) -> Option<String> {
        Some(r#"{"jsonrpc":"2.0","id":0,"method":"listen"}"#.to_owned())
    }

    fn is_ready(&self) -> bool {
        false
    }

    fn ask(&mut self, id: u64, ask: &Ask) -> String {
        let (method, params) = match ask {
            Ask::Say => ("say", SAID.to_owned()),
            Ask::Echo(rows) => ("echo", rows.clone()),
            Ask::Count(n) | Ask::Report(n) => ("count", n.to_string()),
            Ask::Tell(n) => ("tell", n.to_string()),
        };
        format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":[{params}]}}"#)
    }

    fn hear(&mut self, message: &str, _answer: &mut Option<String>) -> Heard {
        let head = &message[..message.len().min(60)];
        if head.contains(r#""method":"counted""#) {
            return Heard::Event;
        }
        if head.contains(r#""method":"item""#) {
            return Heard::Item;
        }
        assert!(!message.contains(r#""error""#), "{message}");
        let id = number(head, r#""id":"#).expect("an id");
        if id == 0 && !self.is_subscribed {
            self.is_subscribed = true;
            return Heard::Ready;
        }
        Heard::Reply(id)
    }
}

/// Engine.IO 4 under Socket.IO 5.
struct SocketIo;

impl Dialect for SocketIo {
    fn upgrade(&self) -> (&'static str, &'static str) {
        ("/socket.io/?EIO=4&transport=websocket", "")
    }

    fn greeting(&mut self) -> Option<String> {
        Some("40".to_owned())
    }

    fn is_ready(&self) -> bool {
        false
    }

    fn ask(&mut self, id: u64, ask: &Ask) -> String {
        let (event, data) = match ask {
            Ask::Say => ("say", SAID.to_owned()),
            Ask::Echo(rows) => ("echo", rows.clone()),
            Ask::Count(n) | Ask::Report(n) => ("count", n.to_string()),
            Ask::Tell(n) => ("tell", n.to_string()),
        };
        format!(r#"42{id}["{event}",{data}]"#)
    }

    fn hear(&mut self, message: &str, answer: &mut Option<String>) -> Heard {
        match message.as_bytes() {
            [b'2'] => *answer = Some("3".to_owned()),
            [b'4', b'0', ..] => return Heard::Ready,
            [b'4', b'3', ..] => {
                let id = number(message, "43").expect("an id");
                return Heard::Reply(id);
            }
            [b'4', b'2', ..] if message.contains("counted") => return Heard::Event,
            [b'4', b'2', ..] => return Heard::Item,
            _ => {}
        }
        Heard::Other
    }
}
