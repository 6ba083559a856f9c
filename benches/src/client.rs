//! One connection of the driver.

use std::io;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::dialect::{Ask, Dialect, Heard, Peer};
use crate::frame;

/// How much is read at once.
const READ_BYTES: usize = 256 << 10;

/// A connection that asks, and takes in what comes.
pub struct Client {
    stream: TcpStream,
    dialect: Box<dyn Dialect>,
    input: Vec<u8>,
    /// How much of the input is understood.
    taken: usize,
    output: Vec<u8>,
    last_id: u64,
}

impl Client {
    /// Connects, and waits until calls can be made.
    ///
    /// # Errors
    ///
    /// Those of the socket.
    pub async fn connect(peer: Peer, port: u16, connection: usize) -> io::Result<Self> {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let mut dialect = peer.dialect(connection);
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
        assert!(input.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&input));
        let greeting = dialect.greeting();
        let is_ready = dialect.is_ready();
        let mut client =
            Client { stream, dialect, input, taken: head, output: Vec::new(), last_id: 0 };
        if let Some(greeting) = greeting {
            frame::write(&mut client.output, &greeting);
        }
        client.flush().await?;
        while !is_ready && client.next().await? != Heard::Ready {}
        client.flush().await?;
        Ok(client)
    }

    /// Asks with the next flush; says the id of the call.
    pub fn ask(&mut self, ask: &Ask) -> u64 {
        self.last_id += 1;
        let text = self.dialect.ask(self.last_id, ask);
        frame::write(&mut self.output, &text);
        self.last_id
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
    /// Those of the socket.
    pub async fn next(&mut self) -> io::Result<Heard> {
        loop {
            if let Some(heard) = self.ready()? {
                return Ok(heard);
            }
            self.flush().await?;
            self.read().await?;
        }
    }

    /// The next message that is here already.
    ///
    /// # Errors
    ///
    /// When the server closes.
    pub fn ready(&mut self) -> io::Result<Option<Heard>> {
        let Client { input, taken, output, dialect, .. } = self;
        let Some((text, length)) = frame::read(&input[*taken..], output)? else { return Ok(None) };
        let mut answer = None;
        let heard = dialect.hear(text, &mut answer);
        *taken += length;
        if let Some(answer) = answer {
            frame::write(output, &answer);
        }
        Ok(Some(heard))
    }

    /// Reads what there is.
    async fn read(&mut self) -> io::Result<()> {
        self.input.drain(..self.taken);
        self.taken = 0;
        self.input.reserve(READ_BYTES.min(4 << 10).max(self.input.len()));
        match self.stream.read_buf(&mut self.input).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    /// Makes so many calls with so many at the same time.
    ///
    /// # Errors
    ///
    /// Those of the socket.
    pub async fn calls(&mut self, ask: &Ask, total: u64, window: u64) -> io::Result<()> {
        let (mut asked, mut answered) = (0, 0);
        while asked < window.min(total) {
            self.ask(ask);
            asked += 1;
        }
        while answered < total {
            let mut heard = Some(self.next().await?);
            while let Some(word) = heard {
                if let Heard::Reply(_) = word {
                    answered += 1;
                    if asked < total {
                        self.ask(ask);
                        asked += 1;
                    }
                }
                heard = self.ready()?;
            }
        }
        Ok(())
    }
}
