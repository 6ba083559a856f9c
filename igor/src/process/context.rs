//! What a process can reach.

use crate::error::Error;
use crate::hub::{ClientId, Hub};
use crate::scope::Scope;
use crate::session::Session;
use crate::shared::SharedRef;

/// What a process can reach: everybody, the scope, and any client's session by its id.
#[derive(Debug)]
pub struct ProcessContext {
    name: &'static str,
    hub: Hub,
    shared: SharedRef,
}

impl ProcessContext {
    pub(crate) fn new(name: &'static str, shared: SharedRef) -> Self {
        ProcessContext { name, hub: shared.hub.for_process(name), shared }
    }

    /// The name of the process.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Everybody; what is sent here says which process it comes from.
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// The ids of all clients, those included that are away but not given up.
    pub fn clients(&self) -> Vec<ClientId> {
        self.hub.all().members()
    }

    /// The server's scope of type `T`.
    ///
    /// # Errors
    ///
    /// `internal` where the server was given none.
    pub fn scope<T: Send + Sync + 'static>(&self) -> Result<Scope<T>, Error> {
        self.shared.scopes.find()
    }

    /// The session value of type `T` of a client; `None` when there is no such client.
    pub fn session<T: Default + Send + 'static>(&self, client: &ClientId) -> Option<Session<T>> {
        self.shared.sessions.find(client).map(|record| record.value())
    }
}
