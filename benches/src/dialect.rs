//! How each server is spoken to.

mod igor;
mod json_rpc;
mod plain;
mod socket_io;

use crate::payload::{Row, rows};

/// What a server is asked.
#[derive(Clone, Debug)]
pub enum Ask {
    /// A small call.
    Say,
    /// A call that carries this JSON, and gets it back.
    Echo(String),
    /// A stream of so many items.
    Count(u64),
    /// A call with so many outputs.
    Report(u64),
    /// An event for everybody, with this number.
    Tell(u64),
    /// To be in so many rooms; igor alone.
    Enter(u64),
    /// An event for the first of them, with this number; igor alone.
    TellRoom(u64),
    /// A call that does not end; igor alone.
    Wait,
}

/// What is asked, encoded but for what differs each time.
#[derive(Clone, Debug)]
pub struct Question {
    /// What stands behind the id.
    tail: String,
    /// What the answer carries; `None` where each server says something else.
    pub answer: Option<String>,
}

/// What a message of a server means, and what it carries, as JSON.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Heard<'a> {
    /// The server takes calls now.
    Ready,
    /// The last word of this call.
    Reply(u64, &'a str),
    /// An item of a stream.
    Item(&'a str),
    /// An event.
    Event(&'a str),
    /// Something of the protocol's own.
    Other,
    /// Nothing that was asked for.
    Wrong,
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

    /// Whether the first calls may stand behind the greeting.
    fn calls_at_once(&self) -> bool {
        self.is_ready()
    }

    /// Whether calls may be made at once; otherwise behind `Heard::Ready`.
    fn is_ready(&self) -> bool {
        true
    }

    /// What stands behind the id when this is asked.
    fn tail(&self, ask: &Ask) -> String;

    /// Writes what stands in front of the tail, the id being the last of it.
    fn head(&mut self, id: u64, text: &mut String);

    /// Understands a message, and says what the protocol wants to be answered.
    fn hear<'a>(&mut self, message: &'a str, answer: &mut Option<String>) -> Heard<'a>;

    /// Gets ready for the next connection of the same client.
    fn renew(&mut self) {}
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
    pub fn dialect(self, connection: u64) -> Box<dyn Dialect> {
        match self {
            Peer::Igor => Box::new(igor::Igor::new(connection)),
            Peer::HandWritten | Peer::BareSends => Box::new(plain::Plain),
            Peer::Jsonrpsee => Box::new(json_rpc::JsonRpc::default()),
            Peer::Socketioxide => Box::new(socket_io::SocketIo),
        }
    }
}

impl Question {
    /// Encodes what is asked, once for all times that it is.
    pub fn new(dialect: &dyn Dialect, ask: &Ask) -> Self {
        let answer = match ask {
            Ask::Say => Some(SAID.to_owned()),
            Ask::Echo(rows) => Some(rows.clone()),
            _ => None,
        };
        Question { tail: dialect.tail(ask), answer }
    }

    /// Writes it.
    pub fn write(&self, dialect: &mut dyn Dialect, id: u64, text: &mut String) {
        dialect.head(id, text);
        text.push_str(&self.tail);
    }
}

impl Ask {
    /// The name and the parameter of the small servers, which know no outputs.
    fn plain(&self) -> (&'static str, String) {
        match self {
            Ask::Say => ("say", SAY.to_owned()),
            Ask::Echo(rows) => ("echo", rows.clone()),
            Ask::Count(n) | Ask::Report(n) => ("count", n.to_string()),
            Ask::Tell(n) => ("tell", n.to_string()),
            Ask::Enter(_) | Ask::TellRoom(_) | Ask::Wait => ("", String::new()),
        }
    }
}

/// The parameters of a small call.
const SAY: &str = r#"{"room":"lobby","text":"hello there, how are you?"}"#;

/// What its answer carries.
const SAID: &str = r#"{"who":"lobby","text":"hello there, how are you?"}"#;

/// So many rows as JSON; a thousand are about 100 KiB.
pub fn json(count: u32) -> String {
    let rows: Vec<Row> = rows(count);
    serde_json::to_string(&rows).expect("plain data")
}

/// Takes a text and the number behind it from the beginning of what is left.
fn take_number(rest: &mut &str, text: &str) -> Option<u64> {
    let behind = rest.strip_prefix(text)?;
    let end = behind.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(behind.len());
    let number = behind[..end].parse().ok()?;
    *rest = &behind[end..];
    Some(number)
}
