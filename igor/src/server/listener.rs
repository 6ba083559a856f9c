//! What a server listens on: a port of the machine, or a pipe.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

use tokio::net::TcpListener;
use tokio_util::either::Either;
use tracing::{debug, warn};

use crate::error::{Error, Result};
use crate::server::pipe::Pipe;
use crate::server::stream::Plain;

/// One socket, or two where IPv4 and IPv6 have a loopback each.
#[derive(Debug)]
pub(super) struct Listener {
    address: SocketAddr,
    sockets: Vec<Listening>,
}

/// One socket that accepts others.
#[derive(Debug)]
pub(super) enum Listening {
    Port(TcpListener),
    Pipe(Pipe),
}

impl Listener {
    /// Listens at the address; where that is 127.0.0.1, also at `[::1]`, because `localhost` may
    /// mean either.
    pub(super) async fn bind(address: SocketAddr) -> Result<Self> {
        let failed = |cause| refused(address, &cause);
        let first = TcpListener::bind(address).await.map_err(failed)?;
        let address = first.local_addr().map_err(failed)?;
        let mut sockets = vec![Listening::Port(first)];
        if address.ip() == Ipv4Addr::LOCALHOST {
            let other = SocketAddr::from((Ipv6Addr::LOCALHOST, address.port()));
            match TcpListener::bind(other).await {
                Ok(second) => sockets.push(Listening::Port(second)),
                Err(cause) if cause.kind() == io::ErrorKind::AddrInUse => {
                    warn!(address = %other, "the address is taken; listening without it");
                }
                // A machine without IPv6.
                Err(_) => {}
            }
        }
        Ok(Listener { address, sockets })
    }

    /// Listens at the address with this port, if it is free, or else with any.
    pub(super) async fn bind_preferring(port: u16, address: SocketAddr) -> Result<Self> {
        if port == 0 {
            return Listener::bind(address).await;
        }
        match Listener::bind((address.ip(), port).into()).await {
            Ok(listener) => Ok(listener),
            Err(cause) => {
                debug!(port, %cause, "the port of the last start is not free");
                Listener::bind(address).await
            }
        }
    }

    /// Listens on a pipe and on no port; `address` then has port 0.
    pub(super) fn bind_pipe(path: &Path) -> Result<Self> {
        let address = (Ipv4Addr::LOCALHOST, 0).into();
        Ok(Listener { address, sockets: vec![Listening::Pipe(Pipe::bind(path)?)] })
    }

    /// Listens nowhere: sockets come in otherwise.
    #[cfg(feature = "testing")]
    pub(super) fn nowhere() -> Self {
        Listener { address: (Ipv4Addr::LOCALHOST, 0).into(), sockets: Vec::new() }
    }

    /// The address, with the port that it really has.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The pipe, if it listens on no port.
    pub(super) fn pipe(&self) -> Option<&Path> {
        match &self.sockets[..] {
            [Listening::Pipe(pipe)] => Some(pipe.path()),
            _ => None,
        }
    }

    pub(super) fn into_sockets(self) -> Vec<Listening> {
        self.sockets
    }
}

impl Listening {
    /// Waits for the next client; says where it is.
    pub(super) async fn accept(&mut self) -> io::Result<(Plain, IpAddr)> {
        match self {
            Listening::Port(listener) => {
                let (socket, from) = listener.accept().await?;
                Ok((Either::Left(socket), from.ip()))
            }
            Listening::Pipe(pipe) => {
                Ok((Either::Right(pipe.accept().await?), Ipv4Addr::LOCALHOST.into()))
            }
        }
    }
}

fn refused(address: SocketAddr, cause: &io::Error) -> Error {
    Error::mistake(match cause.kind() {
        io::ErrorKind::AddrInUse => format!(
            "cannot listen on `{address}`, it is taken: end the program that has it, perhaps this \
             one started before, or set `Config::address` to another port, or to port 0 for any \
             that is free"
        ),
        io::ErrorKind::PermissionDenied => format!(
            "cannot listen on `{address}`, the system does not permit it: set `Config::address` \
             to a port above 1023"
        ),
        io::ErrorKind::AddrNotAvailable => format!(
            "cannot listen on `{address}`, this machine has no such address: set \
             `Config::address` to one that it has"
        ),
        _ => format!("cannot listen on `{address}`: {cause}"),
    })
}
