//! What stays of a call while it runs, and where its frames go.

use std::fmt;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::AbortHandle;
use tokio::time::Instant;
use tracing::error;

use crate::action::pace::Pace;
use crate::action::replied::Replied;
use crate::data::Data;
use crate::error::{Code, Error};
use crate::hub::outbox::Offered;
use crate::session::Record;
use crate::session::calls::Calls;
use crate::session::credit::{Credit, Over};
use crate::session::input::InputQueue;
use crate::shared::SharedRef;
use crate::traceparent::Traceparent;
use crate::wire::body::Body;
use crate::wire::{frame, scratch};

/// So much of a value is written in place; in a release build that takes about half a
/// millisecond.
const SLICE_BYTES: usize = scratch::MOST_BYTES;

/// What stays of a call while it runs: who called, and where its frames go.
pub struct CallContext {
    pub(crate) action: &'static str,
    pub(crate) stream_id: i64,
    /// The caller's session. The session's table holds it too.
    pub(crate) record: Arc<Record>,
    /// The page that called; when it is over nothing more is sent.
    pub(crate) page: u64,
    /// What the caller granted; the table of open calls holds it too.
    pub(crate) credit: Credit,
    /// The open calls of that page.
    pub(crate) calls: Arc<Calls>,
    /// When the call has to have ended.
    pub(crate) deadline: Option<Instant>,
    /// The trace that the call belongs to.
    pub(crate) traceparent: Traceparent,
    /// By which somebody else ends it; the table of open calls holds it too.
    pub(crate) stop: AbortHandle,
    /// Set when the call has ended by itself: an [`Output`](crate::Output) may outlive it.
    pub(crate) has_ended: AtomicBool,
    /// How much it has sent since others were let run.
    pub(crate) pace: Pace,
    /// The most items that either side may be ahead of the other.
    pub(crate) window: u32,
    pub(crate) shared: SharedRef,
}

impl CallContext {
    /// The call has ended; nothing is sent behind its last frame.
    pub(crate) fn end(&self) {
        self.has_ended.store(true, Ordering::Relaxed);
    }

    /// Whether the call has ended, by itself or by somebody else.
    pub(super) fn is_over(&self) -> bool {
        self.has_ended.load(Ordering::Relaxed) || self.stop.is_aborted()
    }

    /// A queue for the items that the caller sends.
    pub(super) fn open_input(&self) -> Arc<InputQueue> {
        self.calls.open_input(self.stream_id, self.window)
    }

    /// Lets the caller send so many more items.
    pub(super) fn grant(&self, items: u32) {
        let body = frame::credit(self.stream_id, items);
        self.record.outbox.push_unless(|| self.is_over(), self.page, body);
    }

    /// Waits for the caller's credit, then until the client keeps up, and sends the item.
    ///
    /// # Errors
    ///
    /// `cancelled` when the call is over; `unsendable` or `too_large` when the item cannot go out.
    pub(crate) async fn output<T: Data>(&self, item: T) -> Result<(), Error> {
        // Where nothing bounds a stream, let others run now and then.
        if self.pace.take_unit() {
            tokio::task::coop::consume_budget().await;
        }
        let over = || Error::new(Code::Cancelled, "the call is over");
        // Mostly nothing has to be waited for, and then no future is made to wait with.
        if !self.credit.take_at_once() {
            self.credit.take().await.map_err(|Over| over())?;
        }
        // What is kept while something else is waited for moves into the future and out of it, so
        // mostly nothing is.
        let offered = match frame::output(self.stream_id, &item, SLICE_BYTES) {
            Ok(body) => self.offer(body)?,
            Err(error) if error.code() == Code::TooLarge => {
                self.offer(self.write_beside(item, frame::output).await?)?
            }
            Err(error) => return Err(error),
        };
        let is_sent = match offered {
            Offered::Taken => true,
            Offered::Over => false,
            Offered::Waits(body) => {
                self.record.outbox.push_item(self.page, body, || self.is_over()).await
            }
        };
        if is_sent { Ok(()) } else { Err(over()) }
    }

    fn offer(&self, item: Body) -> Result<Offered, Error> {
        self.pace.count(item.len());
        self.record.outbox.offer_item(self.page, item, || self.is_over())
    }

    /// Writes a value into a body: in place if it is no more than a slice, else beside.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        value: T,
        write: impl Fn(i64, &T, usize) -> Result<Body, Error> + Send + 'static,
    ) -> Result<Body, Error> {
        match write(self.stream_id, &value, SLICE_BYTES) {
            Err(error) if error.code() == Code::TooLarge => self.write_beside(value, write).await,
            written => written,
        }
    }

    /// Writes a value into a body on a thread that may take its time. A task of the runtime's would
    /// do it beside other calls, but not beside the reading of sockets, for which the runtime wakes
    /// nobody while one of its threads works.
    async fn write_beside<T: Send + 'static>(
        &self,
        value: T,
        write: impl Fn(i64, &T, usize) -> Result<Body, Error> + Send + 'static,
    ) -> Result<Body, Error> {
        let (id, most) = (self.stream_id, self.shared.message_bytes);
        let writing = tokio::task::spawn_blocking(move || write(id, &value, most));
        writing.await.unwrap_or_else(|cause| match cause.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(cause) => Err(Error::internal(cause)),
        })
    }

    /// The last frame, be it a reply or an error that igor itself ends the call by, and its code.
    pub(crate) fn last_frame(&self, last: Result<Replied, Error>) -> (Option<Code>, Body) {
        let most = self.shared.message_bytes;
        let checked = last.and_then(|replied| {
            let code = replied.code();
            let body = replied.into_body();
            frame::check_size(&body, most).map(|()| (code, body))
        });
        checked.unwrap_or_else(|error| (Some(error.code()), self.failure(&error)))
    }

    /// The body of the last frame of a call that igor itself ends by an error.
    fn failure(&self, error: &Error) -> Body {
        match error.logged_as() {
            Some(log_id) => {
                let (action, client) = (self.action, &self.record.client_id);
                error!(%log_id, action, %client, cause = ?error, "call failed");
                frame::failure(self.stream_id, &Error::hidden(&log_id))
            }
            None => frame::failure(self.stream_id, error),
        }
    }
}

impl fmt::Debug for CallContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("action", &self.action)
            .field("stream_id", &self.stream_id)
            .field("client", &self.record.client_id)
            .finish()
    }
}
