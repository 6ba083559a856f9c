//! Calls begin: a frame names an action, which runs or says why it does not.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use futures_util::future::{AbortHandle, AbortRegistration};
use tokio::time::Instant;

use crate::action::{Ahead, Arguments, Call, CallContext, Pace, Ready};
use crate::connection::calls;
use crate::connection::dispatch::Dispatch;
use crate::error::{Code, Error};
use crate::session::credit::Credit;
use crate::traceparent::Traceparent;
use crate::wire::frame;
use crate::wire::incoming::Incoming;
use crate::wire::message::Message;

/// After how long a client that has too many open calls may try again.
const RETRY_OVERLOADED: Duration = Duration::from_millis(100);

/// So much is noted of the name of an action that there is not.
const MOST_NAME_CHARS: usize = 128;

/// A call that has its place in the table.
pub(super) struct Begun {
    credit: Credit,
    /// Stops it when somebody else ends it.
    stopped: AbortRegistration,
}

impl Dispatch {
    /// Reads a large call with its arguments, if one more call may be begun.
    pub(super) fn read_ahead<'m>(&self, message: &'m Message) -> Option<(Incoming<'m>, Ahead)> {
        let has_room = self.page.calls.len() < self.front.limits.calls.open;
        if self.has_said_goodbye || !has_room {
            return None;
        }
        Ahead::with_frame(message, |action| self.front.actions.get(action)?.readers())
    }

    /// Opens the call that a frame asks for.
    pub(super) fn begin(&self, frame: &Incoming<'_>) -> Option<Begun> {
        let credit = frame.credit.map(|items| items.min(self.front.limits.calls.credit));
        let credit = Credit::new(credit);
        let stopped = self.page.calls.begin(frame.stream_id?, credit.clone())?;
        Some(Begun { credit, stopped })
    }

    /// Runs the call that a frame asks for, or ends it by why it cannot.
    pub(super) fn call(
        &self,
        name: &str,
        begun: Option<Begun>,
        frame: &Incoming<'_>,
        message: &Message,
        ahead: Option<Ahead>,
    ) {
        let Some(id) = frame.stream_id else {
            return self.answer(&Error::new(Code::BadFrame, "the frame has no `streamId`"));
        };
        let Some(Begun { credit, stopped }) = begun else {
            let text = format!("`streamId` {id} is not above all before it");
            return self.answer(&Error::new(Code::BadFrame, text));
        };
        let found = self.find(name).and_then(|ready| {
            let action = ready.action;
            let parameters = action.data_parameters().map(|(name, _)| name);
            let arguments = match ahead {
                Some(ahead) => Arguments::read_ahead(message, ahead),
                None => Arguments::split(message, frame.data, name, parameters)?,
            };
            Ok((ready, action, arguments))
        });
        let (ready, action, arguments) = match found {
            Ok(found) => found,
            Err(error) => {
                self.observe_refused(name, id, frame, message, error.code());
                return self.end(id, &error);
            }
        };
        let limits = &self.front.limits.calls;
        let within = [frame.deadline_ms.map(Duration::from_millis), action.timeout, limits.timeout];
        // A deadline beyond the end of time is none.
        let deadline = within.into_iter().flatten().min();
        let deadline = deadline.and_then(|within| Instant::now().checked_add(within));
        let context = Arc::new(CallContext {
            action: action.name,
            stream_id: id,
            record: Arc::clone(&self.record),
            page: self.page.number,
            calls: Arc::clone(&self.page.calls),
            credit,
            deadline,
            traceparent: Traceparent::told(frame.traceparent),
            stop: stopped.handle(),
            has_ended: AtomicBool::new(false),
            pace: Pace::default(),
            window: limits.credit,
            shared: Arc::clone(&self.front.shared),
        });
        // One that nobody can stop waits for a word that nobody says.
        let stopped = if action.no_cancel { AbortHandle::new_pair().1 } else { stopped };
        let call = Call::new(Arc::clone(&context), arguments);
        calls::run(ready.start(call), context, stopped, message.bytes);
    }

    /// Ends a call that has no place in the table, as if it had one.
    pub(in crate::connection) fn refuse(
        &self,
        id: i64,
        frame: &Incoming<'_>,
        message: &Message,
        error: &Error,
    ) {
        let name = frame.action.as_deref().unwrap_or_default();
        self.observe_refused(name, id, frame, message, error.code());
        self.front.shared.outcomes.count(Some(error.code()));
        self.finish(frame::failure(id, error));
    }

    /// Notes a call that never runs in a span, as if it had.
    fn observe_refused(
        &self,
        name: &str,
        id: i64,
        frame: &Incoming<'_>,
        message: &Message,
        code: Code,
    ) {
        // It comes from outside, and may be as long as a message.
        let end = name.char_indices().nth(MOST_NAME_CHARS).map_or(name.len(), |(end, _)| end);
        let traceparent = Traceparent::told(frame.traceparent);
        let span =
            calls::span(&name[..end], &self.record.client_id, id, message.bytes, &traceparent);
        span.record("outcome", code.name());
    }

    /// The action of this name, if it may be called now.
    ///
    /// # Errors
    ///
    /// `unknown_action`, `overloaded` or `shutting_down`.
    pub(in crate::connection) fn find(&self, name: &str) -> Result<&Ready, Error> {
        if self.has_said_goodbye {
            return Err(Error::new(Code::ShuttingDown, "the server is going down"));
        }
        let Some(ready) = self.front.actions.get(name) else {
            return Err(Error::new(Code::UnknownAction, format!("no action `{name}`")));
        };
        let most = self.front.limits.calls.open;
        // This one is among them already.
        if self.page.calls.len() > most {
            let error = Error::new(Code::Overloaded, format!("{most} calls are open already"));
            return Err(error.retry_after(RETRY_OVERLOADED));
        }
        Ok(ready)
    }
}
