//! A client that writes what it is told, and reads responses.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Nothing here takes longer, or it hangs.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection.
pub(crate) struct Raw {
    socket: TcpStream,
    pub(crate) address: SocketAddr,
    read: Vec<u8>,
}

/// A response.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Raw {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let socket = TcpStream::connect(address).await.expect("connected");
        Raw { socket, address, read: Vec::new() }
    }

    pub(crate) async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.socket.write_all(bytes.as_ref()).await.expect("written");
    }

    /// Writes to a connection that may be closed already; says whether it was not.
    pub(crate) async fn try_write(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.socket.write_all(bytes.as_ref()).await.is_ok()
    }

    /// Sends a request with the right `Host`, and reads its response.
    pub(crate) async fn ask(&mut self, line: &str, headers: &[(&str, &str)]) -> Response {
        let host = self.address.to_string();
        let is_said = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host"));
        let mut request = format!("{line} HTTP/1.1\r\n");
        if !is_said {
            request += &format!("Host: {host}\r\n");
        }
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        self.write(request + "\r\n").await;
        self.response(line.starts_with("HEAD ")).await
    }

    /// Reads a response; that of a `HEAD` says a length and has no body.
    pub(crate) async fn response(&mut self, is_of_head: bool) -> Response {
        let end = loop {
            if let Some(end) = self.read.windows(4).position(|four| four == b"\r\n\r\n") {
                break end;
            }
            assert!(self.read_more().await, "the connection ended: {:?}", self.read);
        };
        let head = String::from_utf8(self.read.drain(..end + 4).collect()).expect("text");
        let status = head[9..12].parse().expect("a status");
        let mut response = Response { status, head, body: Vec::new() };
        let length = response
            .header("content-length")
            .map_or(0, |length| length.parse::<usize>().expect("a length"));
        if !is_of_head {
            while self.read.len() < length {
                assert!(self.read_more().await, "the body ended early");
            }
            response.body = self.read.drain(..length).collect();
        }
        response
    }

    /// Reads until this text came.
    pub(crate) async fn until(&mut self, text: &str) {
        while !String::from_utf8_lossy(&self.read).contains(text) {
            assert!(self.read_more().await, "no `{text}` came: {:?}", self.read);
        }
    }

    /// Everything until the other end closes.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        while self.read_more().await {}
        std::mem::take(&mut self.read)
    }

    /// Reads something; says whether there was something.
    async fn read_more(&mut self) -> bool {
        let mut bytes = [0; 64 << 10];
        let read = timeout(PATIENCE, self.socket.read(&mut bytes)).await.expect("in time");
        // A reset is an end too.
        let length = read.unwrap_or(0);
        self.read.extend_from_slice(&bytes[..length]);
        length > 0
    }
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("text")
    }
}

/// One request on a connection of its own.
pub(crate) async fn ask(address: SocketAddr, line: &str, headers: &[(&str, &str)]) -> Response {
    Raw::connect(address).await.ask(line, headers).await
}
