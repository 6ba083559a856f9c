//! The loop of a classic connection: over everything that can happen on its socket.

use std::future::{pending, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncRead;
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_tungstenite::tungstenite::protocol::frame::coding::Control;
use tracing::debug;

use crate::action::Action;
use crate::connection::classic::introduction::{INTRODUCTION, Introduced, Introduction};
use crate::connection::classic::notes::Notes;
use crate::connection::dispatch::Dispatch;
use crate::connection::drain::drained;
use crate::connection::reader::{self, End, Reader};
use crate::connection::{every, why};
use crate::error::{Code, Error};
use crate::hub::outbox::Ended;
use crate::identity::Handshake;
use crate::wire::classic::{Call, Kind, Left};
use crate::wire::close::CloseCode;
use crate::wire::incoming::Incoming;
use crate::wire::message::Message;

/// A socket whose client has a session. However it ends, its drop says so to the session, whose
/// grace begins then.
pub(super) struct Connection<'a, R> {
    dispatch: Dispatch,
    frames: &'a mut Reader<R>,
    notes: Arc<Notes>,
    /// What the client has shown, where somebody decides who clients are.
    shown: Option<Box<Handshake>>,
    /// How many frames the session layer has been given in the client's name.
    taken: u64,
    /// Why the socket is closed, unless it was gone already.
    why: End,
}

/// What can happen.
enum Happening {
    /// The sending half is done for.
    Ended(Ended),
    /// Something was written.
    Noted,
    /// Something came in, or the receiving half is done for.
    Message(Result<reader::Message, End>),
    /// It was decided who the client is that said its name.
    Introduced(Introduced),
    /// Time to see whether the client is there.
    Beat,
    /// The server ends.
    Shutdown,
    /// The server ends and nothing is left to be done here, or its time is over.
    Drained,
}

impl<R: AsyncRead + Send + Unpin> Connection<'_, R> {
    pub(super) fn new(
        dispatch: Dispatch,
        frames: &mut Reader<R>,
        notes: Arc<Notes>,
        shown: Option<Box<Handshake>>,
    ) -> Connection<'_, R> {
        Connection { dispatch, frames, notes, shown, taken: 0, why: None }
    }

    /// Runs until the socket is over.
    pub(super) async fn run(mut self) {
        self.why = self.until_over().await;
        debug!(ended = ?self.why, "connection ended");
    }

    /// The loop; says why the socket is to be closed, unless it is gone already.
    async fn until_over(&mut self) -> End {
        let Dispatch { front, socket, record, page, .. } = &self.dispatch;
        let (front, socket) = (Arc::clone(front), Arc::clone(socket));
        // The same under whatever name the client goes on.
        let (outbox, calls) = (Arc::clone(&record.outbox), Arc::clone(&page.calls));
        let notes = Arc::clone(&self.notes);
        let shutdown = front.shared.shutdown.clone();
        let mut told = pin!(shutdown.heard());
        let mut is_draining = false;
        let longest = front.limits.connection.drain;
        let mut drained = pin!(drained(Arc::clone(&outbox), calls, Arc::clone(&socket), longest));
        let mut beat = every(front.limits.connection.beat);
        // Nothing else is read before it is known who the client is.
        let mut introduction: Option<Introduction> = None;
        loop {
            let happening = tokio::select! {
                biased;
                ended = poll_fn(|cx| outbox.poll_flush(&socket, cx)) => Happening::Ended(ended),
                () = &mut told, if !is_draining => Happening::Shutdown,
                introduced = next(&mut introduction) => Happening::Introduced(introduced),
                message = self.frames.next(), if introduction.is_none() => {
                    Happening::Message(message)
                }
                _ = beat.tick() => Happening::Beat,
                () = &mut drained, if is_draining => Happening::Drained,
                // Last, because what was noted is done each time: under a flood of events the
                // client is still heard, and under a flood of calls what is written is forgotten.
                () = notes.noted() => Happening::Noted,
            };
            let verdict = match happening {
                Happening::Ended(ended) => Err(why(ended)),
                Happening::Noted => Ok(()),
                Happening::Introduced(introduced) => {
                    introduction = None;
                    introduced.settle(&mut self.dispatch);
                    Ok(())
                }
                Happening::Message(message) => self.take(message).map(|begun| introduction = begun),
                Happening::Beat => {
                    self.ask();
                    Ok(())
                }
                Happening::Shutdown => {
                    is_draining = true;
                    // The dialect has no word for it; what is called from now on is refused.
                    self.dispatch.say_goodbye(Duration::ZERO);
                    Ok(())
                }
                Happening::Drained => Err(Some(CloseCode::GoingAway)),
            };
            if let Err(why) = verdict.and_then(|()| self.catch_up().map_err(Some)) {
                return why;
            }
        }
    }

    /// Forgets what was written, and does what the client was told is done.
    fn catch_up(&mut self) -> Result<(), CloseCode> {
        let news = self.notes.take();
        let Dispatch { record, socket, .. } = &self.dispatch;
        // Only what has a number was written.
        let _ = record.outbox.acknowledge(socket, news.written);
        for left in news.left {
            match left {
                Left::Stop(call) => {
                    let text = "an output has no form in the classic dialect";
                    self.dispatch.end(call, &Error::new(Code::Unsendable, text));
                }
                Left::Answer(request) => {
                    let frame = Incoming {
                        stream_id: Some(request),
                        error: Some("a client that speaks classic cannot be asked".into()),
                        code: Code::UnknownAction.number(),
                        close: true,
                        ..Incoming::default()
                    };
                    self.give(frame, &Message::of_text(Utf8Bytes::default()))?;
                }
            }
        }
        Ok(())
    }

    /// Takes a message; gives the introduction that it may be.
    fn take(&mut self, message: Result<reader::Message, End>) -> Result<Option<Introduction>, End> {
        match message? {
            reader::Message::Text(text) => self.text(&Message::of_text(text)).map_err(Some),
            reader::Message::Binary(_) => {
                let error =
                    Error::new(Code::BadFrame, "the classic dialect has text messages only");
                self.dispatch.answer(&error);
                Ok(None)
            }
            reader::Message::Sign => Ok(None),
        }
    }

    fn text(&mut self, message: &Message) -> Result<Option<Introduction>, CloseCode> {
        let call = match Call::read(&message.text) {
            Ok(call) => call,
            Err(error) => {
                self.dispatch.answer(&error);
                return Ok(None);
            }
        };
        if call.action == INTRODUCTION {
            let id = self.notes.open(call.stream_id, Kind::Introduction);
            return Ok(Introduction::begin(id, call.data, self.shown.clone(), &self.dispatch));
        }
        let found = self.dispatch.find(&call.action).map(|ready| ready.action);
        // The ancestor gives every handler its data, and one that wants none does not look.
        let takes_data = found.as_ref().is_ok_and(|found| found.data_parameters().next().is_some());
        let kind = if found.is_ok() { Kind::Call } else { Kind::Unserved };
        let id = self.notes.open(call.stream_id, kind);
        let frame = Incoming {
            stream_id: Some(id),
            action: Some(call.action),
            data: call.data.filter(|_| takes_data),
            ..Incoming::default()
        };
        match found.map(suits) {
            Ok(Err(error)) => self.dispatch.refuse(id, &frame, message, &error),
            // What cannot be served is refused where everybody's calls are.
            Ok(Ok(())) | Err(_) => self.give(frame, message)?,
        }
        Ok(None)
    }

    /// Hands a frame to the session layer under the next number.
    fn give(&mut self, frame: Incoming<'_>, message: &Message) -> Result<(), CloseCode> {
        self.taken += 1;
        self.dispatch.frame(Incoming { n: Some(self.taken), ..frame }, message, None)
    }

    /// Sends a ping where nothing was read for a beat. Nobody is given up for not answering: a
    /// client of the ancestor may do without reading as long as it has nothing to ask. Where the
    /// other machine is gone the ping does not arrive, which ends the socket.
    fn ask(&mut self) {
        if !self.frames.take_has_read() {
            self.dispatch.socket.push_control(Control::Ping, b"");
            self.dispatch.socket.write_soon();
        }
    }
}

/// Waits for the end of an introduction, if there is one.
async fn next(introduction: &mut Option<Introduction>) -> Introduced {
    match introduction {
        Some(introduction) => introduction.await,
        None => pending().await,
    }
}

/// Whether an action can be called in the classic dialect.
fn suits(action: &Action) -> Result<(), Error> {
    let Some((_, name, _)) = action.input() else { return Ok(()) };
    let text =
        format!("`{}` takes a stream `{name}`, which the classic dialect cannot send", action.name);
    Err(Error::new(Code::BadData, text))
}

impl<R> Drop for Connection<'_, R> {
    fn drop(&mut self) {
        self.dispatch.leave(self.why);
    }
}
