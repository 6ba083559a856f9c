//! One call, as the parameters of an action see it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing::error;

use crate::action::arguments::Arguments;
use crate::error::{Code, Error};
use crate::hub::outbox::Write;
use crate::hub::{Client, Hub};
use crate::identity::Identity;
use crate::scope::Scope;
use crate::session::credit::{Credit, Over};
use crate::session::{Record, Session};
use crate::shared::SharedRef;
use crate::wire::body::Body;
use crate::wire::frame;

/// A call that is about to run: what an extractor ([`Param`](crate::Param)) is made from.
#[derive(Debug)]
pub struct Call {
    context: Arc<CallContext>,
    arguments: Arguments,
}

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
    /// Set when the call has ended: an [`Output`](crate::Output) may outlive it.
    pub(crate) is_over: AtomicBool,
    pub(crate) shared: SharedRef,
}

impl Call {
    pub(crate) fn new(context: Arc<CallContext>, arguments: Arguments) -> Self {
        Call { context, arguments }
    }

    /// The name of the action.
    pub fn action(&self) -> &'static str {
        self.context.action
    }

    /// The caller.
    pub fn client(&self) -> Client {
        Client::new(self.context.record.client_id.clone(), self.hub())
    }

    /// Everybody.
    pub fn hub(&self) -> Hub {
        self.context.shared.hub.clone()
    }

    /// The caller's session value of type `T`.
    pub fn session<T: Default + Send + 'static>(&self) -> Session<T> {
        self.context.record.value()
    }

    /// Who the caller is, as [`Server::authorize`](crate::Server::authorize) found out.
    ///
    /// # Errors
    ///
    /// `internal` where the server finds out nothing, or something of another type.
    pub fn identity<T: Send + Sync + 'static>(&self) -> Result<Identity<T>, Error> {
        self.context.record.identity()
    }

    /// The server's scope of type `T`.
    ///
    /// # Errors
    ///
    /// `internal` where the server was given none.
    pub fn scope<T: Send + Sync + 'static>(&self) -> Result<Scope<T>, Error> {
        self.context.shared.scopes.find()
    }

    pub(super) fn context(&self) -> &Arc<CallContext> {
        &self.context
    }

    pub(super) fn argument<T: DeserializeOwned>(&self, name: &str) -> Result<T, Error> {
        self.arguments.read(name)
    }
}

impl CallContext {
    /// The call has ended; nothing is sent behind its last frame.
    pub(crate) fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
        self.credit.close();
    }

    /// Waits for the caller's credit, then until the client keeps up, and sends the item.
    ///
    /// # Errors
    ///
    /// `cancelled` when the call is over; `unsendable` or `too_large` when the item cannot go out.
    pub(crate) async fn output<T: Serialize>(&self, item: &T) -> Result<(), Error> {
        // Where nothing bounds a stream, let others run now and then.
        tokio::task::coop::consume_budget().await;
        let over = || Error::new(Code::Cancelled, "the call is over");
        self.credit.take().await.map_err(|Over| over())?;
        self.record.outbox.emptied().await;
        if self.is_over.load(Ordering::Relaxed) {
            return Err(over());
        }
        let body = frame::output(self.stream_id, item)?;
        self.record.outbox.push_for_page(self.page, body, Write::Soon)
    }

    /// The body of the last frame, be it a reply or an error that igor itself ends the call by.
    pub(crate) fn last_frame(&self, last: Result<Body, Error>) -> Body {
        let most = self.shared.message_bytes;
        let checked = last.and_then(|body| frame::check_size(&body, most).map(|()| body));
        checked.unwrap_or_else(|error| self.failure(&error))
    }

    /// The body of the last frame of a call that igor itself ends by an error.
    pub(crate) fn failure(&self, error: &Error) -> Body {
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
