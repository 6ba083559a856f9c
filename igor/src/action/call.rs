//! One call, as the parameters of an action see it.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::action::arguments::Arguments;
use crate::action::context::CallContext;
use crate::action::deadline::{Cancelled, Deadline};
use crate::action::slot::Slot;
use crate::error::Error;
use crate::hub::{Client, Hub};
use crate::identity::Identity;
use crate::scope::Scope;
use crate::session::{Record, Session};
use crate::stats::Stats;
use crate::traceparent::Traceparent;

/// A call that is about to run: what an extractor ([`Param`](crate::Param)) is made from.
#[derive(Debug)]
pub struct Call {
    context: Arc<CallContext>,
    arguments: Arguments,
    /// Its place among those that may run at once; what runs the call holds it too.
    slot: Option<Arc<Slot>>,
}

impl Call {
    pub(crate) fn new(context: Arc<CallContext>, arguments: Arguments) -> Self {
        Call { context, arguments, slot: None }
    }

    /// The name of the action.
    pub fn action(&self) -> &'static str {
        self.context.action
    }

    /// The caller.
    pub fn client(&self) -> Client {
        Client::new(self.context.record.client_id.clone(), self.hub())
    }

    /// The hub.
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

    /// How long the call may still run.
    pub fn deadline(&self) -> Deadline {
        Deadline::new(self.context.deadline)
    }

    /// The trace that the call belongs to, where its caller named one.
    pub fn traceparent(&self) -> &Traceparent {
        &self.context.traceparent
    }

    /// What the server counts.
    pub fn stats(&self) -> Stats {
        self.context.shared.stats()
    }

    /// Whether the call is over, as a value that can be asked later.
    pub fn cancelled(&self) -> Cancelled {
        Cancelled::new(&self.context)
    }

    /// What a thread keeps that runs on although the call was ended by somebody else.
    #[doc(hidden)]
    pub fn slot(&self) -> impl Send + use<> {
        self.slot.clone()
    }

    pub(super) fn take_slot(&mut self, slot: Arc<Slot>) {
        self.slot = Some(slot);
    }

    pub(super) fn record(&self) -> &Arc<Record> {
        &self.context.record
    }

    pub(super) fn context(&self) -> &Arc<CallContext> {
        &self.context
    }

    pub(super) fn argument<T: DeserializeOwned + 'static>(&self, name: &str) -> Result<T, Error> {
        self.arguments.read(name)
    }
}
