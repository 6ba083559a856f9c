//! Who a remote is to its server, from one socket to the next.

use crate::error::Error;
use crate::remote::hello::{HelloData, ResumeData, hello};
use crate::remote::server_frame::Welcomed;
use crate::session::secret::random;
use crate::wire::WireLimits;
use crate::wire::link::Standing;

/// The session and its key, and what counts sockets.
#[derive(Debug)]
pub(super) struct Identity {
    session: String,
    key: String,
    page: String,
    attempt: u64,
    contract: String,
    name: Option<String>,
    epoch: Option<String>,
    /// Whether the server can have heard nothing of this page.
    pub(super) is_first: bool,
}

impl Identity {
    /// A client that no server knows.
    ///
    /// # Errors
    ///
    /// `internal` when the system has no randomness to give.
    pub(super) fn new(contract: String, name: Option<String>) -> Result<Self, Error> {
        Ok(Identity {
            session: random::<16>()?,
            key: random::<32>()?,
            page: random::<16>()?,
            attempt: 0,
            contract,
            name,
            epoch: None,
            is_first: true,
        })
    }

    /// The hello of the next socket, as text, and whether it wants to go on.
    pub(super) fn hello(&mut self, standing: Standing) -> (String, bool) {
        self.attempt += 1;
        let resumes = !self.is_first;
        self.is_first = false;
        let epoch = self.epoch.as_deref();
        let text = hello(&HelloData {
            session: &self.session,
            key: &self.key,
            page: &self.page,
            attempt: self.attempt,
            contract: &self.contract,
            name: self.name.as_deref(),
            ring: WireLimits::default().ring_bytes,
            resume: resumes.then(|| ResumeData::new(epoch, standing)),
        });
        (text, resumes)
    }

    /// Keeps what the server said.
    pub(super) fn keep(&mut self, welcome: &Welcomed) {
        self.session.clone_from(&welcome.session);
        self.key.clone_from(&welcome.key);
        self.epoch = Some(welcome.epoch.clone());
    }

    /// Gives the session up: the next socket has another.
    ///
    /// # Errors
    ///
    /// As of [`new`](Identity::new).
    pub(super) fn renew(&mut self) -> Result<(), Error> {
        self.session = random::<16>()?;
        self.key = random::<32>()?;
        self.epoch = None;
        Ok(())
    }
}
