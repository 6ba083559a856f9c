//! A client that writes bytes as it is told, for what no well-behaved one would send.

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::{Identity, Io, Place, Running, TOKEN, within};

/// A connection, and what was read of it.
#[derive(Debug)]
pub struct Raw<S = Box<dyn Io>> {
    io: S,
    read: Vec<u8>,
}

impl Raw {
    /// Connects, and says nothing.
    ///
    /// # Panics
    ///
    /// When nobody listens.
    pub async fn connect(server: &Running) -> Self {
        let place = Place::from(server.handle());
        Raw::over(within("a connection", place.connect()).await.expect("it listens"))
    }

    /// A client that was welcomed, under this identity.
    ///
    /// # Panics
    ///
    /// When it is refused.
    pub async fn enter(server: &Running, identity: &mut Identity) -> Self {
        let io = Raw::connect(server).await.into_io();
        Raw::welcomed(io, Place::from(server.handle()).host(), identity).await
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Raw<S> {
    /// A connection that was made otherwise.
    pub fn over(io: S) -> Self {
        Raw { io, read: Vec::new() }
    }

    /// A client that was welcomed, over a connection that was made otherwise.
    ///
    /// # Panics
    ///
    /// When it is refused.
    pub async fn welcomed(io: S, host: String, identity: &mut Identity) -> Self {
        let mut raw = Raw::upgraded(io, host).await;
        raw.say_hello(identity).await;
        let welcome = raw.json().await;
        identity.key = welcome["data"]["key"].as_str().expect("a key").to_owned();
        raw
    }

    /// A WebSocket that has said nothing yet, over a connection that was made otherwise.
    ///
    /// # Panics
    ///
    /// When it is refused.
    pub async fn upgraded(io: S, host: String) -> Self {
        let mut raw = Raw::over(io);
        let protocol = ("Sec-WebSocket-Protocol", "igor.1".to_owned());
        let token = ("Authorization", format!("Bearer {TOKEN}"));
        raw.shake_hands("/", &[("Host", host), protocol, token]).await;
        raw.head().await;
        raw
    }

    /// The connection, of which everything was read that it was waited for.
    pub fn into_io(self) -> S {
        self.io
    }

    /// Writes, as far as the server still takes anything; says whether it took all.
    pub async fn write(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        within("bytes to go out", self.io.write_all(bytes.as_ref())).await.is_ok()
    }

    /// Asks to become a WebSocket, with these headers besides those of every handshake.
    pub async fn shake_hands(&mut self, target: &str, headers: &[(&str, String)]) {
        let mut request = format!(
            "GET {target} HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        );
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        self.write(request + "\r\n").await;
    }

    /// Reads the head of a response, up to the empty line.
    ///
    /// # Panics
    ///
    /// When the connection ends before that.
    pub async fn head(&mut self) -> String {
        let end = loop {
            if let Some(start) = self.read.windows(4).position(|four| four == b"\r\n\r\n") {
                break start + 4;
            }
            assert!(self.read_more().await, "the connection ended in a head");
        };
        String::from_utf8(self.read.drain(..end).collect()).expect("text")
    }

    /// Says hello, for a page that was just loaded.
    pub async fn say_hello(&mut self, identity: &mut Identity) {
        self.send(true, 1, identity.hello().to_string().as_bytes()).await;
    }

    /// Sends one frame of a WebSocket, masked by a mask that changes nothing; says whether it went
    /// out.
    pub async fn send(&mut self, is_final: bool, opcode: u8, payload: &[u8]) -> bool {
        self.write(frame(is_final, opcode, payload)).await
    }

    /// Reads the next frame of the server: its opcode and payload, or `None` at the end.
    pub async fn frame(&mut self) -> Option<(u8, Vec<u8>)> {
        loop {
            if let Some((opcode, start, end)) = whole_frame(&self.read) {
                let payload = self.read[start..end].to_vec();
                self.read.drain(..end);
                return Some((opcode, payload));
            }
            if !self.read_more().await {
                return None;
            }
        }
    }

    /// Reads the next frame of the server as JSON.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub async fn json(&mut self) -> Value {
        let (_, text) = self.frame().await.expect("a frame");
        serde_json::from_slice(&text).expect("JSON")
    }

    /// Reads until a close frame, and says its number; `None` for an end without one.
    pub async fn closed(&mut self) -> Option<u16> {
        loop {
            if let (8, payload) = self.frame().await? {
                return Some(u16::from_be_bytes([*payload.first()?, *payload.get(1)?]));
            }
        }
    }

    /// Says that nothing more is written.
    pub async fn end(&mut self) {
        let _ = self.io.shutdown().await;
    }

    /// Reads to the end of the connection.
    pub async fn rest(mut self) -> Vec<u8> {
        while self.read_more().await {}
        self.read
    }

    /// Reads something; says whether there was something. A reset is an end too.
    async fn read_more(&mut self) -> bool {
        let mut bytes = [0; 16 << 10];
        let length = within("an answer", self.io.read(&mut bytes)).await.unwrap_or(0);
        self.read.extend_from_slice(&bytes[..length]);
        length > 0
    }
}

/// A frame of a client, masked by a mask that changes nothing.
pub fn frame(is_final: bool, opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![u8::from(is_final) << 7 | opcode];
    match payload.len() {
        length @ 0..126 => frame.push(0x80 | length as u8),
        length @ 126..=0xFFFF => {
            frame.push(0xFE);
            frame.extend_from_slice(&(length as u16).to_be_bytes());
        }
        length => {
            frame.push(0xFF);
            frame.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(payload);
    frame
}

/// The opcode of the first frame, and where its payload begins and ends, if it is whole.
fn whole_frame(read: &[u8]) -> Option<(u8, usize, usize)> {
    let (start, length) = match read.get(1)? & 0x7F {
        126 => (4, u16::from_be_bytes(read.get(2..4)?.try_into().ok()?) as usize),
        127 => (10, u64::from_be_bytes(read.get(2..10)?.try_into().ok()?) as usize),
        length => (2, length as usize),
    };
    (read.len() >= start + length).then_some((read[0] & 0xF, start, start + length))
}
