//! The sockets that a server listens on.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::TcpListener;
use tracing::warn;

use crate::error::{Error, Result};
use crate::server::mistake;

/// One socket, or two where IPv4 and IPv6 have a loopback each.
#[derive(Debug)]
pub(super) struct Listener {
    address: SocketAddr,
    sockets: Vec<TcpListener>,
}

impl Listener {
    /// Listens at the address; where that is 127.0.0.1, also at `[::1]`, because `localhost` may
    /// mean either.
    pub(super) async fn bind(address: SocketAddr) -> Result<Self> {
        let failed = |cause| refused(address, &cause);
        let first = TcpListener::bind(address).await.map_err(failed)?;
        let address = first.local_addr().map_err(failed)?;
        let mut sockets = vec![first];
        if address.ip() == Ipv4Addr::LOCALHOST {
            let other = SocketAddr::from((Ipv6Addr::LOCALHOST, address.port()));
            match TcpListener::bind(other).await {
                Ok(second) => sockets.push(second),
                Err(cause) if cause.kind() == io::ErrorKind::AddrInUse => {
                    warn!(address = %other, "somebody else listens there; listening without it");
                }
                // A machine without IPv6.
                Err(_) => {}
            }
        }
        Ok(Listener { address, sockets })
    }

    /// The address, with the port that it really has.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn into_sockets(self) -> Vec<TcpListener> {
        self.sockets
    }
}

fn refused(address: SocketAddr, cause: &io::Error) -> Error {
    mistake(match cause.kind() {
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
