//! What a client does at each of its steps.

use std::time::Duration;

use igor_tests::{Identity, Link};
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use crate::case::{Kind, Step};
use crate::client::{Client, Turn, Visit};
use crate::fault::{Direction, Way};
use crate::thief;

/// Longer than a server can keep a session of which it has heard nothing.
const OVERSTAYED: Duration = Duration::from_millis(2600);

impl Client<'_> {
    /// Takes the next step; says where that leads.
    pub(super) async fn step(&mut self, visit: &mut Visit) -> Result<Option<Turn>, String> {
        let Some(step) = self.steps.pop_front() else { return Ok(None) };
        self.progress = Instant::now();
        self.next_step = Instant::now() + Duration::from_millis(u64::from(self.nonce % 7));
        match step {
            Step::Call(kind) => self.call(kind),
            // Of what the server has not begun it knows nothing that could be cancelled.
            Step::Cancel if self.link.is_leaving() => {}
            Step::Cancel => {
                if let Some(cancel) = self.calls.cancel() {
                    self.link.send(cancel);
                }
            }
            Step::Pause(milliseconds) => {
                self.next_step = Instant::now() + Duration::from_millis(milliseconds);
            }
            Step::Garble => self.link.send(garbled()),
            Step::Leave(milliseconds) => {
                return Ok(Some(Turn::Stay(Duration::from_millis(milliseconds))));
            }
            Step::Overstay { loses_welcome } => {
                self.lose_next_welcome(loses_welcome);
                self.loss = Some("it was away for longer than the grace");
                return Ok(Some(Turn::Stay(OVERSTAYED)));
            }
            Step::Reload { loses_hello } => {
                if loses_hello {
                    self.proxy.force(Way::without_first(Direction::Up));
                }
                self.begin_page();
                return Ok(Some(Turn::Return));
            }
            Step::Rename => {
                let Identity { page, attempt, .. } = &self.identity;
                let other = format!("{page}-{attempt}");
                if self.world.knows_clients {
                    self.token = other;
                } else {
                    self.identity.name = Some(other);
                }
                self.loss = Some("it came back as somebody else");
                return Ok(Some(Turn::Return));
            }
            Step::Forget if visit.is_proven && visit.acknowledged > 0 => {
                self.proxy.force(Way::default());
                self.claim = Some(visit.acknowledged - 1);
                self.loss = Some("it lacks what it had acknowledged");
                return Ok(Some(Turn::Return));
            }
            Step::Forget => {}
            // Where a client may just have had the server ended, the next knows nobody.
            Step::Steal | Step::Replay if self.world.proxies.len() > 1 || self.loss.is_some() => {}
            Step::Steal => {
                let key = "a key that nobody has ever had in hand";
                thief::try_key(self.world, &self.identity, key).await?;
            }
            Step::Replay => {
                if let Some(key) = self.old_key.clone().filter(|_| visit.is_proven) {
                    thief::try_key(self.world, &self.identity, &key).await?;
                }
            }
            Step::Restart { loses_welcome } => {
                self.lose_next_welcome(loses_welcome);
                self.world.restart().await;
                self.loss = Some("the server is another one");
                return Ok((!self.world.says_goodbye).then_some(Turn::Return));
            }
        }
        Ok(None)
    }

    fn call(&mut self, kind: Kind) {
        self.nonce += 1;
        let frame = self.calls.open(self.nonce, kind);
        self.link.send(frame);
    }

    /// Makes the calls that come next without waiting for a welcome.
    pub(super) fn take_calls(&mut self) {
        for _ in 0..3 {
            let Some(Step::Call(kind)) = self.steps.front().cloned() else { return };
            self.steps.pop_front();
            self.call(kind);
        }
    }

    fn lose_next_welcome(&self, loses: bool) {
        self.proxy.force(if loses { Way::without_first(Direction::Down) } else { Way::default() });
    }

    pub(super) fn begin_page(&mut self) {
        self.pages += 1;
        self.identity.page = format!("{}-{}", self.identity.session, self.pages);
        self.has_said_hello = false;
        self.is_welcomed = false;
        self.loss = None;
        self.link = Link::new(self.case.ring_bytes);
        self.calls.begin_page();
        self.events.reset();
    }
}

/// A frame of which nothing but its number can be read.
fn garbled() -> Map<String, Value> {
    Map::from_iter([("streamId".to_owned(), json!("not an integer"))])
}
