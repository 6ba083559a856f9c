//! A server that has its address: it can be linked to, run, and ended.

use std::future::{Future, pending};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tracing::{error, info, warn};

use crate::error::Result;
use crate::hub::Hub;
use crate::process::Processes;
use crate::server::config::Config;
use crate::server::listener::Listener;
use crate::server::reception::Reception;
use crate::server::sidecar::{Bond, Ready};
#[cfg(feature = "testing")]
use crate::server::stream::Within;
use crate::shutdown::Shutdown;
use crate::stats::Stats;

/// How long the end waits beyond the time that connections have, for their last bytes to go out.
const LAST_BYTES: Duration = Duration::from_secs(2);

/// Bytes that are on their way in memory, as a system buffers them for a socket.
#[cfg(feature = "testing")]
const WITHIN_BYTES: usize = 64 << 10;

/// A server that is bound to its address and does not run yet: connections that are made now are
/// answered once it runs.
#[derive(Debug)]
pub struct Bound {
    handle: Handle,
    listener: Listener,
    processes: Processes,
    /// How long connections have to end.
    drain: Duration,
    /// What binds it to the program that started it, if it is bound.
    bond: Option<Bond>,
}

impl Bound {
    pub(super) fn new(
        handle: Handle,
        listener: Listener,
        processes: Processes,
        config: &Config,
    ) -> Self {
        Bound { handle, listener, processes, drain: config.connection.drain, bond: None }
    }

    /// The same, bound to the program that started it.
    pub(super) fn with(self, bond: Bond) -> Self {
        Bound { bond: Some(bond), ..self }
    }

    /// Where it listens, with the port that it really has; port 0 for a pipe.
    pub fn address(&self) -> SocketAddr {
        self.handle.address()
    }

    /// A link to the page, good for one use; see [`Handle::link`].
    pub fn link(&self) -> String {
        self.handle.link()
    }

    /// The token, unless the server goes without; see [`Handle::token`].
    pub fn token(&self) -> Option<&str> {
        self.handle.token()
    }

    /// A handle to the server, for while it runs.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Serves until the future is done or [`Handle::stop`] is called; then tells every client and
    /// waits a bounded time for their calls to end, and then for the processes, one after the
    /// other, the one that was started last first.
    ///
    /// # Errors
    ///
    /// None: what happens while a server runs is answered or logged. The result is there so that
    /// it can be the last line of a `main`.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends the server at once: every client and process is told, and none is
    /// waited for.
    pub async fn run_until(self, until: impl Future<Output = ()>) -> Result<()> {
        let Bound { handle, listener, processes, drain, bond } = self;
        let shared = Arc::clone(handle.reception.shared());
        let ending = Ending { shutdown: shared.shutdown.clone(), processes };
        match handle.pipe() {
            Some(path) => info!(pipe = %path.display(), "listening"),
            None => info!(address = %handle.address(), "listening"),
        }
        ending.processes.run(&shared);
        let sweeping = Arc::clone(&shared);
        ending.shutdown.spawn(async move { sweeping.sessions.sweep().await });
        for listening in listener.into_sockets() {
            ending.shutdown.spawn(Arc::clone(&handle.reception).accept(listening));
        }
        if let Some(bond) = &bond {
            bond.ready(&handle.ready());
        }
        tokio::select! {
            () = until => {}
            () = ending.shutdown.heard() => {}
            () = ended_by_bond(bond.as_ref(), &handle.reception) => {}
        }
        ending.shutdown.tell();
        tokio::select! {
            () = ending.ended(drain + LAST_BYTES) => {}
            () = orphaned(bond.as_ref()) => {}
        }
        info!("ended");
        Ok(())
    }
}

/// Waits until the parent asks for the end or is gone, or until the program was unused for too
/// long.
async fn ended_by_bond(bond: Option<&Bond>, reception: &Reception) {
    let Some(bond) = bond else { return pending().await };
    let unused = async {
        match bond.instructions.idle {
            Some(idle) => reception.clients().missing(idle).await,
            None => pending().await,
        }
    };
    tokio::select! {
        () = bond.ended() => {}
        () = unused => info!("no client for the whole idle time"),
    }
}

/// Waits until the parent is gone and the time for running calls is over.
async fn orphaned(bond: Option<&Bond>) {
    match bond {
        Some(bond) => bond.orphaned().await,
        None => pending().await,
    }
}

/// The end of a server: every client and process is told, at the latest when this is dropped.
struct Ending {
    shutdown: Shutdown,
    processes: Processes,
}

impl Ending {
    /// Waits until the clients have ended, who may need the processes, and then these.
    async fn ended(&self, within: Duration) {
        let left = self.shutdown.ended(within).await;
        if left > 0 {
            warn!(tasks = left, "still running after the time to end");
        }
        self.processes.end().await;
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.shutdown.tell();
        self.processes.tell();
    }
}

/// A handle to a server, for the rest of its program. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Handle {
    /// Shared with the running server, which it does not keep alive.
    reception: Arc<Reception>,
    address: SocketAddr,
    /// The pipe that it listens on, if it listens on no port.
    pipe: Option<PathBuf>,
    /// The page, without a code.
    page: String,
}

impl Handle {
    pub(super) fn new(reception: Arc<Reception>, listener: &Listener, config: &Config) -> Self {
        let (address, pipe) = (listener.address(), listener.pipe().map(Path::to_owned));
        let page = match &config.page_origin {
            Some(origin) => format!("{origin}/"),
            None => format!("{}://{}/", config.scheme().name(), reachable(address, config)),
        };
        Handle { reception, address, pipe, page }
    }

    /// A new connection to it, in memory.
    #[cfg(feature = "testing")]
    pub(crate) fn connect_within(&self) -> std::io::Result<tokio::io::DuplexStream> {
        if self.reception.shared().shutdown.is_told() {
            return Err(std::io::ErrorKind::ConnectionRefused.into());
        }
        let (here, there) = tokio::io::duplex(WITHIN_BYTES);
        self.receive_within(there);
        Ok(here)
    }

    /// Takes a connection that somebody in this program made.
    #[cfg(feature = "testing")]
    pub(crate) fn receive_within(&self, io: impl Within + 'static) {
        self.reception.receive_within(Box::new(io));
    }

    /// What its parent is told of it.
    fn ready(&self) -> Ready<'_> {
        let pipe = self.pipe();
        let address = pipe.is_none().then_some(self.address);
        Ready { address, pipe, pid: std::process::id(), contract: self.reception.contract() }
    }

    /// Where the server listens; port 0 for a pipe.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The pipe that it listens on, if it listens on no port.
    pub fn pipe(&self) -> Option<&Path> {
        self.pipe.as_deref()
    }

    /// A new link to the page, with a code that the page exchanges for the token, once. Of the
    /// codes that were never used only the newest 16 are valid.
    pub fn link(&self) -> String {
        let http = self.reception.http();
        if http.token().is_none() {
            return self.page.clone();
        }
        match http.codes().make() {
            Ok(code) => format!("{}#igor={code}", self.page),
            Err(cause) => {
                error!(%cause, "could not make a code for the link");
                self.page.clone()
            }
        }
    }

    /// The token, unless the server goes without: for a client that the program itself starts.
    pub fn token(&self) -> Option<&str> {
        self.reception.http().token()
    }

    /// The hub, for a part of the program that is neither an action nor a process: a menu, or a
    /// thread of its own.
    pub fn hub(&self) -> Hub {
        self.reception.shared().hub.clone()
    }

    /// What the server counts, as of now.
    pub fn stats(&self) -> Stats {
        self.reception.shared().stats()
    }

    /// Ends the server: every client and process is told, and `run_until` returns when they have
    /// ended.
    pub fn stop(&self) {
        self.reception.shared().shutdown.tell();
    }
}

/// Where a browser can go: a server that other machines reach has a name for them, if it was given
/// one; otherwise an address that leads there from this machine.
fn reachable(address: SocketAddr, config: &Config) -> String {
    if let Some(name) = config.allowed_hosts.first().filter(|_| !address.ip().is_loopback()) {
        return name.clone();
    }
    let mut reachable = address;
    if address.ip().is_unspecified() {
        reachable.set_ip(match address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    reachable.to_string()
}
