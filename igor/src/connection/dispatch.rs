//! A frame finds its receiver: the session layer, a call that is open, or an action to call.

mod calling;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::action::Ahead;
use crate::connection::Front;
use crate::connection::reader::End;
use crate::error::{Code, Error};
use crate::hub::Answer;
use crate::hub::outbox::Write;
use crate::hub::socket::Socket;
use crate::session::calls::Known;
use crate::session::input::MostKept;
use crate::session::{Page, Record};
use crate::wire::WireLimits;
use crate::wire::binary::Split;
use crate::wire::body::Body;
use crate::wire::close::CloseCode;
use crate::wire::frame::{self, Asks};
use crate::wire::incoming::Incoming;
use crate::wire::message::Message;
use crate::wire::piece::Piece;
use crate::wire::rules::Rule;
use crate::wire::sequence::Verdict;

/// Where the frames of one socket go.
pub(super) struct Dispatch {
    pub(super) front: Arc<Front>,
    pub(super) session: Arc<str>,
    pub(super) record: Arc<Record>,
    pub(super) page: Page,
    pub(super) socket: Arc<Socket>,
    /// Whether the client has shown, by an acknowledgement, that it has its newest key.
    has_confirmed_key: bool,
    /// Whether the client was told that the server ends. It is this and not the end itself that
    /// calls are refused by: the client is told which was the last, and has to be told the truth.
    has_said_goodbye: bool,
}

impl Dispatch {
    pub(super) fn new(
        front: Arc<Front>,
        session: Arc<str>,
        record: Arc<Record>,
        page: Page,
        socket: Arc<Socket>,
    ) -> Self {
        Dispatch {
            front,
            session,
            record,
            page,
            socket,
            has_confirmed_key: false,
            has_said_goodbye: false,
        }
    }

    /// Tells the client that the server ends, and which call was the last that was begun: those
    /// behind it, some of which may be on their way, are for the next server.
    pub(super) fn say_goodbye(&mut self, retry_after: Duration) {
        self.has_said_goodbye = true;
        // A call of the socket before this one may be about to begin.
        let in_order = self.record.in_order();
        let rules = self.front.shared.rules;
        let last_call = if rules.hold(Rule::TellLastCall) { self.page.calls.highest() } else { 0 };
        drop(in_order);
        self.socket.push(&[&frame::goodbye("shutdown", retry_after, last_call)]);
    }

    /// Takes a text frame.
    ///
    /// # Errors
    ///
    /// Why the socket is to be closed. Whatever else is wrong is answered, and the next frame is
    /// taken.
    pub(super) fn text(&mut self, text: Utf8Bytes) -> Result<(), CloseCode> {
        self.message(&Message::of_text(text))
    }

    /// Takes a binary frame; errors as [`text`](Dispatch::text).
    pub(super) fn binary(&mut self, bytes: &Bytes) -> Result<(), CloseCode> {
        let split = match Split::new(bytes) {
            Ok(split) => split,
            Err(error) => {
                self.answer(&error);
                return Ok(());
            }
        };
        let attached = Incoming::read(&split.text).and_then(|frame| split.attached(&frame.bin));
        match attached {
            Ok((text, attached)) => {
                let text = text.unwrap_or(split.text);
                self.message(&Message { text, attached, bytes: bytes.len() })
            }
            Err(error) => self.unreadable(&split.text, bytes.len(), &error),
        }
    }

    fn message(&mut self, message: &Message) -> Result<(), CloseCode> {
        if let Some((frame, ahead)) = self.read_ahead(message) {
            return self.frame(frame, message, Some(ahead));
        }
        match Incoming::read(&message.text) {
            Ok(frame) => self.frame(frame, message, None),
            Err(error) => self.unreadable(&message.text, message.bytes, &error),
        }
    }

    /// Answers a frame that cannot be read. It is received nevertheless, or it would be sent again
    /// for ever.
    fn unreadable(&mut self, text: &str, bytes: usize, error: &Error) -> Result<(), CloseCode> {
        let number = Incoming::number_of(text);
        let rules = self.front.shared.rules;
        if let Some(n) = number.filter(|_| rules.hold(Rule::ReceiveUnreadable)) {
            self.receive(n, bytes)?;
        }
        self.answer(error);
        Ok(())
    }

    /// Takes a frame that came in this message, and its argument if that is read already; errors as
    /// [`text`](Dispatch::text).
    pub(super) fn frame(
        &mut self,
        frame: Incoming<'_>,
        message: &Message,
        ahead: Option<Ahead>,
    ) -> Result<(), CloseCode> {
        if !self.front.shared.rules.hold(Rule::KeepOldKeyUntilAck) {
            self.confirm_key();
        }
        if let Some(ack) = frame.ack {
            self.acknowledge(ack)?;
        }
        let belongs_to_stream = frame.stream_id.is_some() || frame.action.is_some();
        let Some(n) = frame.n else {
            if belongs_to_stream {
                self.answer(&Error::new(Code::BadFrame, "the frame has no number `n`"));
            } else if frame.beat {
                self.record.outbox.beat(&self.socket, Asks::Nothing);
            }
            return Ok(());
        };
        let in_order = self.record.in_order();
        if self.receive(n, message.bytes)? == Verdict::Deliver {
            match frame.action.as_deref() {
                Some(action) => {
                    let begun = self.begin(&frame);
                    drop(in_order);
                    self.call(action, begun, &frame, message, ahead);
                }
                None => self.deliver(&frame, message),
            }
        }
        Ok(())
    }

    fn receive(&self, n: u64, bytes: usize) -> Result<Verdict, CloseCode> {
        match self.record.outbox.receive(&self.socket, n, bytes) {
            Verdict::Gap => Err(CloseCode::Gap),
            // Coming back has not helped: the session is over.
            Verdict::GapAgain => Err(CloseCode::Protocol),
            verdict => Ok(verdict),
        }
    }

    /// The socket is gone, or is to be closed for this reason.
    pub(super) fn leave(&self, why: End) {
        if let Some(code) = why {
            self.socket.close(code);
        }
        self.page.calls.fold();
        self.front.shared.sessions.leave(&self.session, &self.socket, why);
    }

    fn acknowledge(&mut self, ack: u64) -> Result<(), CloseCode> {
        self.confirm_key();
        self.record.outbox.acknowledge(&self.socket, ack).map_err(|_| {
            self.answer(&Error::new(Code::BadFrame, format!("`ack` {ack} was never sent")));
            CloseCode::Protocol
        })
    }

    /// The client has shown that it has its newest key.
    fn confirm_key(&mut self) {
        if !self.has_confirmed_key {
            self.has_confirmed_key = true;
            self.front.shared.sessions.confirm_key(&self.session, &self.socket);
        }
    }

    /// Hands a frame to the call or the request that it belongs to. Nothing here waits: no other
    /// frame of the client is received meanwhile.
    fn deliver(&self, frame: &Incoming<'_>, message: &Message) {
        let Some(id) = frame.stream_id else {
            return self.answer(&Error::new(Code::BadFrame, "the frame has no `streamId`"));
        };
        if id < 0 {
            return self.answered(id, frame, message);
        }
        let known = if frame.cancel {
            self.cancel(id)
        } else if let Some(more) = frame.credit {
            self.page.calls.grant(id, more.min(self.front.limits.calls.credit))
        } else {
            self.feed(id, frame, message);
            self.page.calls.known(id)
        };
        if known == Known::No {
            let text = format!("there was no call with `streamId` {id}");
            self.answer(&Error::new(Code::BadFrame, text));
        }
    }

    /// Takes an item or the end of a call's input.
    fn feed(&self, id: i64, frame: &Incoming<'_>, message: &Message) {
        let Some(input) = self.page.calls.input(id) else {
            // What crosses with the end of its call is late; an open one has asked for nothing.
            let text = "an item was sent to an action that takes no input";
            return self.end(id, &Error::new(Code::BadFrame, text));
        };
        if let Some(failure) = &frame.error {
            // Who holds the input elsewhere is told why before the call ends.
            input.end(Some(failure.clone().into_owned()));
            self.end(id, &Error::new(Code::BadData, failure.clone()));
        } else if frame.close {
            input.end(None);
        } else {
            let item = Piece::new(message, frame.data);
            let WireLimits { message_bytes, client_bytes, .. } = self.front.limits.wire;
            if let Err(error) = input.push(item, MostKept { message_bytes, client_bytes }) {
                self.end(id, &error);
            }
        }
    }

    /// Takes the page's answer to a request of the server.
    fn answered(&self, id: i64, frame: &Incoming<'_>, message: &Message) {
        let answer = match &frame.error {
            None => Answer::Replied(Piece::new(message, frame.data)),
            Some(error) => {
                let code = frame.code.and_then(Code::of_number).unwrap_or(Code::Internal);
                Answer::Failed(code, error.clone().into_owned())
            }
        };
        if !self.record.outbox.answer(self.page.number, id, answer) {
            let text = format!("there was no request with `streamId` {id}");
            self.answer(&Error::new(Code::BadFrame, text));
        }
    }

    fn cancel(&self, id: i64) -> Known {
        let known = self.page.calls.known(id);
        self.end(id, &Error::new(Code::Cancelled, "the caller cancelled"));
        known
    }

    /// Ends a call that has not ended otherwise.
    pub(super) fn end(&self, id: i64, error: &Error) {
        if let Some(call) = self.page.calls.finish(id) {
            call.stop_with(error.code());
            self.front.shared.outcomes.count(Some(error.code()));
            self.finish(frame::failure(id, error));
        }
    }

    /// Sends the last frame of a call.
    pub(super) fn finish(&self, last: Body) {
        // A failure is short, far below the limit of a message.
        let _ = self.record.outbox.push_for_page(self.page.number, last, Write::Soon);
    }

    /// Sends an error that belongs to no stream.
    pub(super) fn answer(&self, error: &Error) {
        self.socket.push(&[&frame::loose_error(error)]);
    }
}
