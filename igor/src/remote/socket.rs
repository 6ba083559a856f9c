//! One socket of a remote, from its opening to its end.

use std::future::poll_fn;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::error::{Code, Error};
use crate::remote::config::{self, RemoteConfig};
use crate::remote::core::Core;
use crate::remote::server_frame;
use crate::wire::body::Body;
use crate::wire::close::CloseCode;
use crate::wire::frame::Asks;
use crate::wire::message;

/// Why there is no socket.
pub(super) enum Lost {
    /// Come back with the same session.
    Return(String),
    /// Come back, but the session is over.
    Renew(String),
    /// Stay away.
    Final(Error),
}

/// A WebSocket that `igor.1` is spoken over.
pub(super) struct Socket(WebSocketStream<Box<dyn config::Socket>>);

/// What can happen to it.
enum Happening {
    Message(Option<Result<Message, tungstenite::Error>>),
    Answer(Option<(i64, Body)>),
    HalfBeat,
}

impl Socket {
    /// Connects and shows the token.
    pub(super) async fn open(config: &RemoteConfig) -> Result<Self, Lost> {
        let refused = |error: tungstenite::Error| {
            Lost::Final(Error::new(Code::Forbidden, format!("no socket can be made: {error}")))
        };
        let address = format!("ws://{}/", config.address.host());
        let mut request = address.into_client_request().map_err(refused)?;
        let headers = request.headers_mut();
        headers.insert("sec-websocket-protocol", HeaderValue::from_static("igor.1"));
        if let Some(token) = &config.token {
            let shown = HeaderValue::from_str(&format!("Bearer {token}"));
            headers.insert("authorization", shown.map_err(|error| refused(error.into()))?);
        }
        let stream = config.address.connect().await;
        let stream = stream.map_err(|cause| Lost::Return(cause.to_string()))?;
        match client_async(request, stream).await {
            Ok((socket, _)) => Ok(Socket(socket)),
            Err(tungstenite::Error::Http(response)) => Err(answered(response.status())),
            Err(error) => Err(Lost::Return(error.to_string())),
        }
    }

    /// Sends the first frame.
    pub(super) async fn say(&mut self, text: String) -> Result<(), Lost> {
        self.0.send(Message::text(text)).await.map_err(|error| Lost::Return(error.to_string()))
    }

    /// Waits for the first frame of the server.
    pub(super) async fn first(&mut self) -> Result<message::Message, Lost> {
        loop {
            if let Some(message) = read(self.0.next().await)? {
                return Ok(message);
            }
        }
    }

    /// Closes it with a close frame and waits for the answer: a socket that is dropped with unread
    /// bytes in it may be reset, and the frame lost.
    pub(super) async fn close(mut self, code: CloseCode) {
        let words = CloseFrame { code: code.number().into(), reason: code.reason().into() };
        if self.0.send(Message::Close(Some(words))).await.is_ok() {
            while let Some(Ok(_)) = self.0.next().await {}
        }
    }

    /// Speaks until the socket is at its end; says why it is.
    pub(super) async fn speak(
        &mut self,
        core: &Core,
        answers: &mut JoinSet<(i64, Body)>,
        beat: Duration,
    ) -> Lost {
        let every = beat / 2;
        let mut half_beats = interval_at(Instant::now() + every, every);
        half_beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut silent_half_beats = 0;
        let mut has_sent = false;
        loop {
            let happening = tokio::select! {
                biased;
                message = poll_fn(|cx| self.poll(core, &mut has_sent, cx)) => {
                    Happening::Message(message)
                }
                Some(ended) = answers.join_next_with_id() => {
                    Happening::Answer(core.with(|state| state.requests.answered(ended)))
                }
                _ = half_beats.tick() => Happening::HalfBeat,
            };
            match happening {
                Happening::Message(message) => {
                    silent_half_beats = 0;
                    match read(message) {
                        Ok(None) => {}
                        Ok(Some(message)) => {
                            if let Err(code) = take(core, answers, &message) {
                                return lost(code);
                            }
                        }
                        Err(lost) => return lost,
                    }
                }
                Happening::Answer(Some((id, body))) => core.with(|state| state.post(id, body)),
                Happening::Answer(None) => {}
                Happening::HalfBeat => {
                    silent_half_beats += 1;
                    match silent_half_beats {
                        // The first look comes at any time after the last sign.
                        ..=2 if std::mem::take(&mut has_sent) => {}
                        ..=2 => core.with(|state| state.beat(Asks::Nothing)),
                        3 | 4 => core.with(|state| state.beat(Asks::Answer)),
                        _ => return lost(CloseCode::BeatsLost),
                    }
                }
            }
        }
    }

    /// Writes what there is to write, and reads.
    fn poll(
        &mut self,
        core: &Core,
        has_sent: &mut bool,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Message, tungstenite::Error>>> {
        while let Poll::Ready(ready) = self.0.poll_ready_unpin(cx) {
            let next = core.with(|state| {
                let next = state.next_message();
                if next.is_none() {
                    state.waker = Some(cx.waker().clone());
                }
                next
            });
            let Some(message) = next else { break };
            *has_sent = true;
            if let Err(error) = ready.and_then(|()| self.0.start_send_unpin(message)) {
                return Poll::Ready(Some(Err(error)));
            }
        }
        if let Poll::Ready(Err(error)) = self.0.poll_flush_unpin(cx) {
            return Poll::Ready(Some(Err(error)));
        }
        self.0.poll_next_unpin(cx)
    }
}

fn take(
    core: &Core,
    answers: &mut JoinSet<(i64, Body)>,
    message: &message::Message,
) -> Result<(), CloseCode> {
    core.with(|state| {
        let most_bytes = state.limits.message_bytes;
        state.receive(message)?;
        state.requests.begin(answers, most_bytes);
        Ok(())
    })
}

/// The frame that came in; `None` for a sign of the WebSocket's own.
fn read(
    message: Option<Result<Message, tungstenite::Error>>,
) -> Result<Option<message::Message>, Lost> {
    match message {
        Some(Ok(Message::Text(text))) => Ok(Some(message::Message::of_text(text))),
        Some(Ok(Message::Binary(bytes))) => {
            server_frame::binary(&bytes).map(Some).map_err(|error| Lost::Renew(error.to_string()))
        }
        Some(Ok(Message::Close(Some(close)))) => Err(closed(close.code.into(), &close.reason)),
        Some(Ok(Message::Close(None))) | None => Err(Lost::Return("the server closed it".into())),
        Some(Ok(_)) => Ok(None),
        Some(Err(error)) => Err(Lost::Return(error.to_string())),
    }
}

/// What is to be done after the server has closed the socket so.
fn closed(code: u16, reason: &str) -> Lost {
    let codes = [
        (CloseCode::Protocol, None),
        (CloseCode::TooLarge, None),
        (CloseCode::Unauthorized, Some(Code::Unauthorized)),
        (CloseCode::Forbidden, Some(Code::Forbidden)),
        (CloseCode::Superseded, Some(Code::SessionLost)),
    ];
    let why = match reason {
        "" => format!("closed with {code}"),
        reason => reason.to_owned(),
    };
    match codes.into_iter().find(|(close, _)| close.number() == code) {
        None => Lost::Return(why),
        Some((_, None)) => Lost::Renew(why),
        Some((_, Some(code))) => Lost::Final(Error::new(code, why)),
    }
}

/// What is to be done after this end gave the socket up so.
fn lost(code: CloseCode) -> Lost {
    if code.ends_session() {
        return Lost::Renew(code.reason().into());
    }
    Lost::Return(code.reason().into())
}

/// What is to be done after the server answered with a status in place of a WebSocket.
fn answered(status: StatusCode) -> Lost {
    match status {
        StatusCode::UNAUTHORIZED => {
            Lost::Final(Error::new(Code::Unauthorized, "the server does not accept the token"))
        }
        status if status.is_client_error() => {
            let text = format!("the server refused this client: {status}");
            Lost::Final(Error::new(Code::Forbidden, text))
        }
        status => Lost::Return(format!("the server answered: {status}")),
    }
}
