//! A client that asks for files: one connection, one request after the other.

use igor_tests::{Io, Place, TOKEN, within};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// A connection, and what was read of it.
pub(crate) struct Client {
    socket: Box<dyn Io>,
    server: Place,
    read: Vec<u8>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Client {
    pub(crate) async fn connect(server: impl Into<Place>) -> Self {
        let server = server.into();
        let socket = within("a connection", server.connect()).await.expect("it listens");
        Client { socket, server, read: Vec::new() }
    }

    /// Asks with the token.
    pub(crate) async fn ask(&mut self, line: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(line, headers, b"").await
    }

    /// Sends a body with the token.
    pub(crate) async fn send(
        &mut self,
        line: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let token = format!("Bearer {TOKEN}");
        let length = body.len().to_string();
        let own = [("Authorization", token.as_str()), ("Content-Length", length.as_str())];
        self.send_bare(line, &[&own, headers].concat(), body).await
    }

    /// Asks without the token.
    pub(crate) async fn ask_bare(&mut self, line: &str, headers: &[(&str, &str)]) -> Answer {
        self.send_bare(line, headers, b"").await
    }

    async fn send_bare(&mut self, line: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        self.try_send(line, headers, body).await.expect("an answer")
    }

    /// Sends what the server may hang up on without a word.
    pub(crate) async fn try_send(
        &mut self,
        line: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Option<Answer> {
        self.begin(line, headers).await;
        // Who is refused early may be hung up on in the middle; the answer is there all the same.
        let _ = self.socket.write_all(body).await;
        let answer = self.answer(line.starts_with("HEAD ")).await;
        if answer.as_ref().is_none_or(|answer| answer.status >= 400) {
            // The server may have hung up, because it did not read the body.
            *self = Client::connect(self.server.clone()).await;
        }
        answer
    }

    /// Sends the head of a request.
    pub(crate) async fn begin(&mut self, line: &str, headers: &[(&str, &str)]) {
        let mut request = format!("{line} HTTP/1.1\r\nHost: {}\r\n", self.server.host());
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        assert!(self.write(request + "\r\n").await, "the head was not taken");
    }

    /// Writes, as far as the server still takes anything; says whether it took all.
    pub(crate) async fn write(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        within("bytes to go out", self.socket.write_all(bytes.as_ref())).await.is_ok()
    }

    /// Reads an answer, that of a `HEAD` without a body; `None` at the end of the connection.
    pub(crate) async fn answer(&mut self, is_of_head: bool) -> Option<Answer> {
        let end = loop {
            if let Some(start) = self.read.windows(4).position(|four| four == b"\r\n\r\n") {
                break start + 4;
            }
            if !self.read_more().await {
                return None;
            }
        };
        let head = String::from_utf8(self.read.drain(..end).collect()).expect("text");
        let status = head[9..12].parse().expect("a status");
        let mut answer = Answer { status, head, body: Vec::new() };
        let length = answer.header("content-length").map_or(0, |it| it.parse().expect("a length"));
        if !is_of_head && status != 304 {
            while self.read.len() < length {
                if !self.read_more().await {
                    return None;
                }
            }
            answer.body = self.read.drain(..length).collect();
        }
        Some(answer)
    }

    /// Reads something; says whether there was something. A reset is an end too.
    async fn read_more(&mut self) -> bool {
        let mut bytes = vec![0; 64 << 10];
        let length = within("an answer", self.socket.read(&mut bytes)).await.unwrap_or(0);
        self.read.extend_from_slice(&bytes[..length]);
        length > 0
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    /// Every value of a header, as one list.
    pub(crate) fn all(&self, name: &str) -> String {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let found = lines.filter(|(found, _)| found.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value).collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("text")
    }
}
