//! Musing: when a room falls silent, Igor says something, once.

use std::time::Duration;

use igor::{Hub, ProcessContext, Scope};

use crate::chat::Chat;
use crate::store::StoreError;

/// What there is to say, by turns.
const MUSINGS: [&str; 8] = [
    "It has gone quiet. I have counted the candles twice: eleven, and one that denies it.",
    "Nobody minds if I sweep here, do they? You would be surprised what falls out of sentences.",
    "Thunder at nine, the almanac says. I have put the kettle where the lightning rod was.",
    "I filed your words under “kept”. There is also a drawer “nearly said”. It is full.",
    "The cellar door knocked. I knocked back. We have agreed to leave it at that.",
    "If somebody is looking for the left glove: it has found a right one and is happy.",
    "I once waited four hundred years for an answer. Ten seconds of grace seem generous to me.",
    "The raven asks whether this room is taken. I told it you were only thinking.",
];

/// Says something when the people of a room have been silent for a while, and then keeps silent
/// until one of them has spoken again.
#[igor::process("chat.musing")]
#[derive(Debug)]
pub struct Musing {
    quiet: Duration,
}

impl Musing {
    /// Speaks after so long a silence.
    pub fn after(quiet: Duration) -> Self {
        Musing { quiet }
    }
}

impl igor::Process for Musing {
    async fn run(&mut self, cx: &ProcessContext) -> igor::Result<()> {
        let chat = cx.scope::<Chat>()?;
        let mut spoken = chat.spoken.subscribe();
        while spoken.changed().await.is_ok() {
            // Each new line begins the silence anew.
            while let Ok(Ok(())) = tokio::time::timeout(self.quiet, spoken.changed()).await {}
            let (chat, hub) = (chat.clone(), cx.hub().clone());
            let room = spoken.borrow().clone();
            let said = tokio::task::spawn_blocking(move || muse(&chat, &hub, &room)).await;
            said.map_err(igor::Error::internal)??;
        }
        Ok(())
    }
}

fn muse(chat: &Scope<Chat>, hub: &Hub, room: &str) -> Result<(), StoreError> {
    let turn = chat.store.count(room)? as usize % MUSINGS.len();
    if !chat.guests.open().people(room).is_empty() {
        chat.post(hub, room, None, MUSINGS[turn], None)?;
    }
    Ok(())
}
