//! One connection of the driver: asks, and checks that what comes is what was asked for.

use std::io;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::dialect::{Ask, Dialect, Heard, Peer, Question};
use crate::frame;

/// How much is read at once at least.
const READ_BYTES: usize = 16 << 10;

/// A connection that asks, and takes in what comes.
pub struct Client {
    stream: TcpStream,
    dialect: Box<dyn Dialect>,
    input: Vec<u8>,
    /// How much of the input is understood.
    taken: usize,
    output: Vec<u8>,
    /// Where a message is put together.
    text: String,
    last_id: u64,
    /// What replies have to carry.
    answer: Option<String>,
    /// The number that the next item has to carry.
    next_item: u64,
    /// The number that the last event carried.
    last_event: u64,
}

/// What came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Came {
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

impl Client {
    /// Connects, and waits until calls can be made.
    ///
    /// # Errors
    ///
    /// Those of the socket.
    pub async fn connect(peer: Peer, port: u16, connection: u64) -> io::Result<Self> {
        let mut client = Client::open(peer.dialect(connection), port).await?;
        client.greet().await?;
        Ok(client)
    }

    /// Connects and makes its first call, as soon as the protocol lets it: a page of igor's sends its
    /// first calls behind its hello.
    ///
    /// # Errors
    ///
    /// Those of the socket, and an answer that is not right.
    pub async fn connect_and_call(peer: Peer, port: u16, connection: u64) -> io::Result<()> {
        let mut client = Client::open(peer.dialect(connection), port).await?;
        if !client.dialect.calls_at_once() {
            client.greet().await?;
        }
        client.calls(&Ask::Say, 1, 1).await
    }

    /// Leaves without a word, and comes back as the same client.
    ///
    /// # Errors
    ///
    /// Those of the socket.
    pub async fn again(self, port: u16) -> io::Result<Self> {
        let Client { mut dialect, stream, .. } = self;
        drop(stream);
        dialect.renew();
        let mut client = Client::open(dialect, port).await?;
        client.greet().await?;
        Ok(client)
    }

    /// Says what the protocol begins with, and waits until calls can be made.
    async fn greet(&mut self) -> io::Result<()> {
        self.flush().await?;
        while !self.dialect.is_ready() && self.next().await? != Came::Ready {}
        self.flush().await
    }

    async fn open(mut dialect: Box<dyn Dialect>, port: u16) -> io::Result<Self> {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let (path, headers) = dialect.upgrade();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut input = Vec::new();
        let head = loop {
            if stream.read_buf(&mut input).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let Some(end) = input.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
        };
        if !input.starts_with(b"HTTP/1.1 101") {
            return Err(wrong(&String::from_utf8_lossy(&input)));
        }
        let greeting = dialect.greeting();
        let mut client = Client {
            stream,
            dialect,
            input,
            taken: head,
            output: Vec::new(),
            text: String::new(),
            last_id: 0,
            answer: None,
            next_item: 0,
            last_event: 0,
        };
        if let Some(greeting) = greeting {
            frame::write(&mut client.output, &greeting);
        }
        Ok(client)
    }

    /// Asks with the next flush; says the id of the call.
    pub fn ask(&mut self, ask: &Ask) -> u64 {
        let question = Question::new(&*self.dialect, ask);
        self.put(&question)
    }

    fn put(&mut self, question: &Question) -> u64 {
        self.last_id += 1;
        self.text.clear();
        question.write(&mut *self.dialect, self.last_id, &mut self.text);
        frame::write(&mut self.output, &self.text);
        self.last_id
    }

    /// Cancels a call with the next flush; igor alone.
    pub fn cancel(&mut self, id: u64) {
        self.text.clear();
        self.dialect.head(id, &mut self.text);
        self.text.push_str(r#","cancel":true}"#);
        frame::write(&mut self.output, &self.text);
    }

    /// Writes what was asked, all in one.
    ///
    /// # Errors
    ///
    /// Those of the socket.
    pub async fn flush(&mut self) -> io::Result<()> {
        if !self.output.is_empty() {
            self.stream.write_all(&self.output).await?;
            self.output.clear();
        }
        Ok(())
    }

    /// Waits for the next message.
    ///
    /// # Errors
    ///
    /// Those of the socket, and what was not asked for.
    pub async fn next(&mut self) -> io::Result<Came> {
        loop {
            if let Some(came) = self.ready()? {
                return Ok(came);
            }
            self.flush().await?;
            self.read().await?;
        }
    }

    /// The next message that is here already.
    fn ready(&mut self) -> io::Result<Option<Came>> {
        let Some((text, length)) = frame::read(&self.input[self.taken..], &mut self.output)? else {
            return Ok(None);
        };
        let mut answer = None;
        let heard = self.dialect.hear(text, &mut answer);
        let (came, is_right) = match heard {
            Heard::Ready => (Came::Ready, true),
            Heard::Other => (Came::Other, true),
            Heard::Wrong => (Came::Other, false),
            Heard::Reply(id, data) => {
                (Came::Reply(id), self.answer.as_deref().is_none_or(|answer| answer == data))
            }
            Heard::Item(data) => {
                self.next_item += 1;
                (Came::Item, count(data) == Some(self.next_item - 1))
            }
            Heard::Event(data) => {
                self.last_event += 1;
                (Came::Event, count(data) == Some(self.last_event))
            }
        };
        if !is_right {
            return Err(wrong(text));
        }
        self.taken += length;
        if let Some(answer) = answer {
            frame::write(&mut self.output, &answer);
        }
        Ok(Some(came))
    }

    /// Reads what there is.
    async fn read(&mut self) -> io::Result<()> {
        self.input.drain(..self.taken);
        self.taken = 0;
        self.input.reserve(READ_BYTES);
        match self.stream.read_buf(&mut self.input).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    /// Makes so many calls with so many at the same time, each of which has to be answered once and
    /// rightly.
    ///
    /// # Errors
    ///
    /// Those of the socket, and what was not asked for.
    pub async fn calls(&mut self, ask: &Ask, total: u64, window: u64) -> io::Result<()> {
        let question = Question::new(&*self.dialect, ask);
        self.answer = question.answer.clone();
        let (mut asked, mut answered) = (0, 0);
        // The ids of what was asked and is not answered, added up.
        let mut open = 0;
        while asked < window.min(total) {
            open += self.put(&question);
            asked += 1;
        }
        while answered < total {
            let mut came = Some(self.next().await?);
            while let Some(word) = came {
                if let Came::Reply(id) = word {
                    open = open.checked_sub(id).ok_or_else(|| wrong("a second answer"))?;
                    answered += 1;
                    if asked < total {
                        open += self.put(&question);
                        asked += 1;
                    }
                }
                came = self.ready()?;
            }
        }
        self.answer = None;
        if open == 0 { Ok(()) } else { Err(wrong("an answer twice, and none to another call")) }
    }

    /// Asks for a stream, and reads so many of its items, which count from 0; says the id of the
    /// call.
    ///
    /// # Errors
    ///
    /// Those of the socket, and what was not asked for.
    pub async fn items(&mut self, ask: &Ask, count: u64) -> io::Result<u64> {
        self.next_item = 0;
        let id = self.ask(ask);
        while self.next_item < count {
            self.next().await?;
        }
        self.flush().await?;
        Ok(id)
    }

    /// Waits for the next event.
    ///
    /// # Errors
    ///
    /// Those of the socket, and what was not asked for.
    pub async fn event(&mut self) -> io::Result<()> {
        while self.next().await? != Came::Event {}
        self.flush().await
    }
}

/// The number that an item or an event carries.
fn count(data: &str) -> Option<u64> {
    data.strip_prefix(r#"{"n":"#)?.strip_suffix('}')?.parse().ok()
}

fn wrong(message: &str) -> io::Error {
    let shown: String = message.chars().take(200).collect();
    io::Error::other(format!("not what was asked for: {shown}"))
}
