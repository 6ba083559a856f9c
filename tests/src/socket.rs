//! One WebSocket, frame by frame.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::{Io, Place, Running, TOKEN, within};

/// A WebSocket to a server, on which nothing was said yet.
#[derive(Debug)]
pub struct Socket(WebSocketStream<Box<dyn Io>>);

/// What a server sends.
#[derive(Debug)]
pub enum Received {
    /// A text frame.
    Text(String),
    /// A binary frame.
    Binary(Vec<u8>),
    /// The answer to a ping, with its content.
    Pong(Vec<u8>),
    /// A close frame with this number.
    Closed(u16),
    /// The end without a word.
    Gone,
}

/// The HTTP status that a socket was refused with.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused(pub u16);

impl Socket {
    /// Connects with the server's token.
    ///
    /// # Panics
    ///
    /// When the server refuses.
    pub async fn open(server: &Running) -> Self {
        let token = Some(TOKEN);
        Socket::open_with(server, token, None).await.unwrap_or_else(|refused| panic!("{refused:?}"))
    }

    /// Connects with this token and as a page of this origin.
    ///
    /// # Errors
    ///
    /// The status with which the server refused.
    ///
    /// # Panics
    ///
    /// When the server does not answer.
    pub async fn open_with(
        server: &Running,
        token: Option<&str>,
        origin: Option<&str>,
    ) -> Result<Self, Refused> {
        Socket::ask(server, request(&Place::from(server.handle()), token, origin)).await
    }

    /// Connects as the ancestor's clients do: without a subprotocol, and with the token, if there
    /// is one, as a bearer.
    ///
    /// # Errors
    ///
    /// The status with which the server refused.
    ///
    /// # Panics
    ///
    /// When the server does not answer.
    pub async fn open_classic(
        server: &Running,
        token: Option<&str>,
        origin: Option<&str>,
    ) -> Result<Self, Refused> {
        let mut request = request(&Place::from(server.handle()), None, origin);
        request.headers_mut().remove("sec-websocket-protocol");
        if let Some(token) = token {
            let bearer = HeaderValue::from_str(&format!("Bearer {token}")).expect("a header");
            request.headers_mut().insert("authorization", bearer);
        }
        Socket::ask(server, request).await
    }

    async fn ask(server: &Running, request: Request) -> Result<Self, Refused> {
        let connecting = async {
            let stream = Place::from(server.handle()).connect().await.expect("it listens");
            // What a server sends is never too large for a test.
            let config = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
            client_async_with_config(request, stream, Some(config)).await
        };
        match within("the upgrade", connecting).await {
            Ok((socket, _)) => Ok(Socket(socket)),
            Err(Error::Http(response)) => Err(Refused(response.status().as_u16())),
            Err(error) => panic!("no WebSocket: {error}"),
        }
    }

    /// Connects by way of another place, with the server's token, as far as that goes.
    ///
    /// # Errors
    ///
    /// Whatever kept the socket from being opened.
    pub async fn open_by_way_of(way: impl Into<Place>) -> Result<Self, Box<Error>> {
        Socket::open_as(TOKEN, way).await
    }

    /// The same with another token.
    ///
    /// # Errors
    ///
    /// As of [`open_by_way_of`](Socket::open_by_way_of).
    pub async fn open_as(token: &str, way: impl Into<Place>) -> Result<Self, Box<Error>> {
        let way = way.into();
        let request = request(&way, Some(token), None);
        let stream = way.connect().await.map_err(|error| Box::new(error.into()))?;
        let (socket, _) = client_async_with_config(request, stream, None).await?;
        Ok(Socket(socket))
    }

    /// Sends a text frame.
    ///
    /// # Panics
    ///
    /// When the socket does not take it.
    pub async fn send(&mut self, text: impl ToString) {
        self.send_message(Message::text(text.to_string())).await;
    }

    /// Sends a message of any kind.
    ///
    /// # Panics
    ///
    /// When the socket does not take it.
    pub async fn send_message(&mut self, message: Message) {
        let sent = within("a message to go out", self.0.send(message)).await;
        sent.unwrap_or_else(|error| panic!("not sent: {error}"));
    }

    /// Sends a text frame that the server may not want to read to its end.
    pub async fn try_send(&mut self, text: impl ToString) {
        self.try_send_message(Message::text(text.to_string())).await;
    }

    /// Sends a message that the server may not want to read any more.
    pub async fn try_send_message(&mut self, message: Message) {
        let _ = within("a message to go out", self.0.send(message)).await;
    }

    /// Says that it is over and waits until the server has said so too.
    pub async fn close(&mut self) {
        self.close_by(None).await;
    }

    /// The same, and says why by a number.
    pub async fn close_with(&mut self, number: u16) {
        let frame = CloseFrame { code: number.into(), reason: "".into() };
        self.close_by(Some(frame)).await;
    }

    async fn close_by(&mut self, frame: Option<CloseFrame>) {
        let _ = within("a close frame to go out", self.0.close(frame)).await;
        while !matches!(self.next().await, Received::Closed(_) | Received::Gone) {}
    }

    /// Waits for whatever comes next; a ping, which is answered already, is nothing.
    pub async fn next(&mut self) -> Received {
        let next = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Ping(_))) => {}
                    next => return next,
                }
            }
        };
        match within("a message", next).await {
            Some(Ok(Message::Text(text))) => Received::Text(text.to_string()),
            Some(Ok(Message::Binary(message))) => Received::Binary(message.into()),
            Some(Ok(Message::Pong(content))) => Received::Pong(content.into()),
            Some(Ok(Message::Close(Some(close)))) => Received::Closed(close.code.into()),
            _ => Received::Gone,
        }
    }

    /// Waits for a text frame.
    ///
    /// # Panics
    ///
    /// When the socket ends instead.
    pub async fn text(&mut self) -> String {
        match self.next().await {
            Received::Text(text) => text,
            other => panic!("{other:?} instead of a frame"),
        }
    }

    /// Waits for a frame and reads it; that of a binary one has the bytes behind its JSON, as they
    /// are in base64, as `behind`.
    ///
    /// # Panics
    ///
    /// When the socket ends instead, or the text is not JSON.
    pub async fn frame(&mut self) -> Value {
        let (text, behind) = match self.next().await {
            Received::Text(text) => (text, None),
            Received::Binary(message) => {
                let (text, behind) = parted(message);
                (text, Some(behind))
            }
            other => panic!("{other:?} instead of a frame"),
        };
        let read = serde_json::from_str(&text);
        let mut frame: Value = read.unwrap_or_else(|error| panic!("{error} in {text}"));
        if let Some(behind) = behind {
            frame["behind"] = STANDARD.encode(behind).into();
        }
        frame
    }

    /// Waits for the number of the close frame; what comes before it is skipped.
    ///
    /// # Panics
    ///
    /// When the socket ends without one.
    pub async fn closed(&mut self) -> u16 {
        loop {
            match self.next().await {
                Received::Text(_) | Received::Binary(_) | Received::Pong(_) => {}
                Received::Closed(number) => return number,
                Received::Gone => panic!("the socket ended without a close frame"),
            }
        }
    }
}

/// The message of a frame with these bytes behind it.
pub fn binary(frame: &Value, behind: &[u8]) -> Message {
    let json = frame.to_string();
    let length = u32::try_from(json.len()).unwrap_or(u32::MAX);
    Message::binary([&length.to_le_bytes(), json.as_bytes(), behind].concat())
}

/// The JSON of a binary message, and what is behind it.
///
/// # Panics
///
/// When it is no frame.
pub fn parted(mut message: Vec<u8>) -> (String, Vec<u8>) {
    let length = message.first_chunk().map(|length| u32::from_le_bytes(*length) as usize);
    let behind = message.split_off(4 + length.expect("a length"));
    (String::from_utf8(message.split_off(4)).expect("JSON"), behind)
}

fn request(place: &Place, token: Option<&str>, origin: Option<&str>) -> Request {
    let address = format!("ws://{}/", place.host());
    let mut request = address.into_client_request().expect("an address");
    let mut protocols = "igor.1".to_owned();
    if let Some(token) = token {
        protocols += &format!(", igor.token.{}", URL_SAFE_NO_PAD.encode(token));
    }
    let header = |text: &str| HeaderValue::from_str(text).expect("a header");
    request.headers_mut().insert("sec-websocket-protocol", header(&protocols));
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", header(origin));
    }
    request
}
