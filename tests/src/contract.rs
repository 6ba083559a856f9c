//! The contract that a client has to be made from.

use std::net::SocketAddr;

use serde_json::Value;

use crate::{Identity, Socket};

/// What a server at this address tells a client that has another contract: the hash of its own and
/// those of its names.
///
/// # Panics
///
/// When no server welcomes there.
pub async fn contract_of(server: SocketAddr) -> Value {
    let mut socket = Socket::open_by_way_of(server).await.expect("it listens");
    socket.send(Identity::new().hello()).await;
    socket.frame().await["data"]["contract"].clone()
}
