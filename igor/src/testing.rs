//! A server and its clients in memory, for the tests of a program.
//!
//! No port, no file, no other process: the frames go through the same gate and the same sessions,
//! over bytes in memory. So tokio's time can be paused, and ten seconds of grace are over at once.
//!
//! ```
//! use igor::{Config, Server, testing};
//!
//! /// Greets somebody.
//! #[igor::action("hello")]
//! async fn hello(name: String) -> String {
//!     format!("Hello, {name}!")
//! }
//!
//! # #[tokio::main]
//! # async fn main() -> igor::Result<()> {
//! let server = Server::new(Config::default());
//! # let server = server.registry(igor::Registry::new().action::<hello>());
//! let server = testing::serve(server).await?;
//! let remote = server.remote().await?;
//! assert_eq!(remote.call::<hello>("world").await?, "Hello, world!");
//! # Ok(())
//! # }
//! ```

use std::fmt;
use std::sync::{Arc, Mutex, Weak};

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};
use tokio::task::JoinHandle;

use crate::error::{Error, Result};
use crate::remote::{Address, Remote, RemoteConfig};
use crate::server::{Handle, Server};

mod cable;

use cable::{Cable, Cut};

/// Runs a server that can be reached from within this program alone. Its `address` is ignored, and
/// a token that would be kept in a file is replaced by one that is made for this server.
///
/// # Errors
///
/// Those of [`Server::bind`].
///
/// # Panics
///
/// Outside of a tokio runtime.
pub async fn serve(server: Server) -> Result<Running> {
    let bound = server.with_passing_token()?.bind_nowhere().await?;
    let handle = bound.handle();
    let task = tokio::spawn(bound.run_until(std::future::pending()));
    Ok(Running { handle, task, cables: Arc::default() })
}

/// A server that runs; it ends when this is dropped.
pub struct Running {
    handle: Handle,
    task: JoinHandle<Result<()>>,
    /// What its clients are connected by.
    cables: Arc<Cables>,
}

/// The connections that are there, each held by its client.
#[derive(Default)]
struct Cables(Mutex<Vec<Weak<Cut>>>);

impl Running {
    /// A new client, which the server has welcomed.
    ///
    /// # Errors
    ///
    /// As of [`Remote::ready`].
    pub async fn remote(&self) -> Result<Remote> {
        let remote = Remote::new(self.config());
        remote.ready().await?;
        Ok(remote)
    }

    /// The configuration of a client of this server, its token included: to give the client a name,
    /// or to have it listen before it connects, by [`Remote::new`].
    pub fn config(&self) -> RemoteConfig {
        let (handle, cables) = (self.handle.clone(), Arc::clone(&self.cables));
        let address = Address::way(move || Ok(cables.lay(handle.connect_within()?)));
        let token = self.handle.token().map(str::to_owned);
        RemoteConfig { address, token, ..RemoteConfig::default() }
    }

    /// Accepts a connection at whose other end the test itself speaks.
    pub fn receive(&self, io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) {
        self.handle.receive_within(io);
    }

    /// Cuts every connection of a [`remote`](Running::remote) without a word, as a network does.
    /// Clients reconnect.
    pub fn cut(&self) {
        self.cables.cut();
    }

    /// A handle to the server.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Ends it, and waits until it has ended.
    ///
    /// # Errors
    ///
    /// `internal` when it panicked.
    pub async fn stop(mut self) -> Result<()> {
        self.handle.stop();
        (&mut self.task).await.map_err(Error::internal)?
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.handle.stop();
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Running").field(&self.handle).finish()
    }
}

impl Cables {
    fn lay(&self, io: DuplexStream) -> Cable {
        let cable = Cable::new(io);
        let mut cables = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        cables.retain(|cut| cut.strong_count() > 0);
        cables.push(Arc::downgrade(cable.cut()));
        cable
    }

    fn cut(&self) {
        let mut cables = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let all = std::mem::take(&mut *cables);
        drop(cables);
        all.iter().filter_map(Weak::upgrade).for_each(|cut| cut.make());
    }
}
