//! Somebody who shows another's session and a key that does not hold it.

use std::time::Duration;

use igor_tests::{Identity, Received, Socket};
use tokio::time::timeout;

use crate::world::World;

/// How long the thief waits for an answer.
const PATIENCE: Duration = Duration::from_millis(500);

/// Shows the key; it has to be refused.
pub(crate) async fn try_key(world: &World, owner: &Identity, key: &str) -> Result<(), String> {
    let mut identity = owner.clone();
    identity.key = key.to_owned();
    identity.attempt += 1000;
    let opening = Socket::open_by_way_of(world.place());
    let Ok(Ok(mut socket)) = timeout(PATIENCE, opening).await else { return Ok(()) };
    socket.try_send(identity.hello_again()).await;
    match timeout(PATIENCE, socket.next()).await {
        Ok(Received::Text(text)) if !text.contains(r#""error":"#) => {
            Err(format!("a thief was not refused: {text}"))
        }
        _ => Ok(()),
    }
}
