//! The contract that a client has to be made from.

use serde_json::Value;

use crate::{Identity, Place, Socket};

/// What a server at this place tells a client that has another contract: the hash of its own and
/// those of its names.
///
/// # Panics
///
/// When no server welcomes there.
pub async fn contract_of(server: impl Into<Place>) -> Value {
    let mut socket = Socket::open_by_way_of(server).await.expect("it listens");
    socket.send(Identity::new().hello()).await;
    socket.frame().await["data"]["contract"].clone()
}
