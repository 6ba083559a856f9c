//! A door: one place, whichever server stands behind it, and what passes is seen.

use tokio::io::{AsyncWriteExt as _, split};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

use crate::{Entrance, Io, Place, Units, within};

/// A door; it is closed when it is dropped.
#[derive(Debug)]
pub struct Door {
    place: Place,
    server: watch::Sender<Option<Place>>,
    seen: watch::Receiver<Seen>,
    accepting: AbortHandle,
}

/// What was seen at a door.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// Sockets that were opened to a server.
    pub opened: u64,
    /// How often a server asked a client for a sign of life.
    pub asked: u64,
    /// How often a server has said goodbye.
    pub goodbyes: u64,
    /// Sockets that a server has ended.
    pub ended: u64,
}

impl Door {
    /// A door with nobody behind it: who comes is sent away.
    ///
    /// # Panics
    ///
    /// When there is no place for it.
    pub async fn open() -> Self {
        let entrance = Entrance::open().await;
        let place = entrance.place().clone();
        let (server, leads) = watch::channel(None);
        let (sees, seen) = watch::channel(Seen::default());
        let accepting = tokio::spawn(accept(entrance, leads, sees)).abort_handle();
        Door { place, server, seen, accepting }
    }

    /// Where clients find it.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Leads who comes from now on to this server, or to nobody.
    pub fn lead_to(&self, server: Option<Place>) {
        self.server.send_replace(server);
    }

    /// What was seen so far.
    pub fn seen(&self) -> Seen {
        *self.seen.borrow()
    }

    /// Waits until something was seen.
    ///
    /// # Panics
    ///
    /// When it is not.
    pub async fn until(&mut self, what: &str, is_it: impl FnMut(&Seen) -> bool) {
        within(what, self.seen.wait_for(is_it)).await.expect("the door is open");
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(
    mut entrance: Entrance,
    leads: watch::Receiver<Option<Place>>,
    sees: watch::Sender<Seen>,
) {
    let mut sockets = JoinSet::new();
    while let Ok(client) = entrance.accept().await {
        let Some(server) = leads.borrow().clone() else { continue };
        let sees = sees.clone();
        sockets.spawn(async move {
            if let Ok(server) = server.connect().await {
                pass(client, server, &sees).await;
            }
        });
    }
}

/// Passes everything until one of the two is gone.
async fn pass(client: Box<dyn Io>, server: Box<dyn Io>, sees: &watch::Sender<Seen>) {
    sees.send_modify(|seen| seen.opened += 1);
    let (mut from_client, mut to_client) = split(client);
    let (from_server, mut to_server) = split(server);
    let up = async {
        let _ = tokio::io::copy(&mut from_client, &mut to_server).await;
    };
    let down = async {
        let mut units = Units::new(from_server);
        while let Some(unit) = units.next().await {
            sees.send_modify(|seen| {
                seen.asked += u64::from(says(&unit, r#""beat":true"#));
                seen.goodbyes += u64::from(says(&unit, "igor.goodbye"));
            });
            if to_client.write_all(&unit).await.is_err() {
                return;
            }
        }
        sees.send_modify(|seen| seen.ended += 1);
    };
    tokio::select! {
        () = up => {}
        () = down => {}
    }
}

/// Whether a frame of a server, which is not masked, has this in it.
fn says(unit: &[u8], text: &str) -> bool {
    unit.windows(text.len()).any(|window| window == text.as_bytes())
}
