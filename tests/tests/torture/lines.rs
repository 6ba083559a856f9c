//! What the client in Node says happened to it, and whether that was right.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, timeout};

use crate::events::Events;
use crate::fault::{Direction, Way};
use crate::node::Node;
use crate::proxy::Proxy;
use crate::world::{FULL, GRACE, World};

/// How long a client may wait for anything to come of its steps and calls.
const LONGEST: Duration = Duration::from_secs(60);

/// Longer than a server can keep a session of which it has heard nothing.
const OVERSTAYED: Duration = Duration::from_millis(2600);

/// How much later than the proxy others may look at the clock.
const SLACK: Duration = Duration::from_millis(100);

/// What no silence explains: one end has dropped what the other was still to get, or a page that
/// goes on was taken for another.
const NEVER: [&str; 4] = [
    "a new page",
    "the client no longer has what the server lacks",
    "the server no longer has what the client lacks",
    "the client has received what was never sent",
];

/// How often a call may be executed that is sent again by itself.
const MOST_EXECUTED: u32 = 3;

/// Follows one client.
pub(crate) struct Follower<'a> {
    world: &'a World,
    node: &'a Node,
    proxy: &'a Proxy,
    events: Events,
    /// Whether the session was lost while this page was loaded.
    has_lost: bool,
    /// The servers whose end has cost it a session.
    restarts: usize,
    /// The calls that have not ended.
    open: BTreeSet<u32>,
    /// Each call that has, with its kind and its end.
    calls: Vec<(u32, String, String)>,
    progress: Instant,
}

impl<'a> Follower<'a> {
    pub(crate) fn new(world: &'a World, node: &'a Node, index: usize) -> Self {
        Follower {
            world,
            node,
            proxy: &world.proxies[index],
            events: Events::default(),
            has_lost: false,
            restarts: 0,
            open: BTreeSet::new(),
            calls: Vec::new(),
            progress: Instant::now(),
        }
    }

    /// Follows it to its end; says what was wrong.
    pub(crate) async fn follow(
        mut self,
        mut lines: UnboundedReceiver<Value>,
    ) -> Result<(), String> {
        loop {
            let left = LONGEST.saturating_sub(self.progress.elapsed());
            let line = timeout(left, lines.recv()).await.map_err(|_| {
                format!("stuck with {:?} behind {:?}", self.open, self.calls.last())
            })?;
            let line = line.ok_or("the program in Node has ended")?;
            if line["done"] == true {
                return self.check_calls();
            }
            self.take(&line).await?;
        }
    }

    async fn take(&mut self, line: &Value) -> Result<(), String> {
        if let Some(name) = line["event"].as_str() {
            return self.events.receive(name, &line["data"]);
        }
        self.progress = Instant::now();
        if let Some(wrong) = line["wrong"].as_str() {
            return Err(wrong.to_owned());
        }
        if line["page"] == true {
            self.events.reset();
            self.has_lost = false;
        } else if let Some(why) = line["lost"].as_str() {
            self.lose(why)?;
        } else if let Some(status) = line["status"].as_str() {
            self.proxy.note(format!("the client is {status}: {}", line["why"]));
            if status == "lost" {
                return Err(format!("the client gave up: {line}"));
            }
        } else if let Some(nonce) = line["begun"].as_u64() {
            self.open.insert(nonce as u32);
        } else if let Some(nonce) = line["call"].as_u64() {
            self.end_call(nonce as u32, line)?;
        } else if line.get("counted").is_some() {
            self.events.check(&line["counted"])?;
        } else if let Some(asked) = line["ask"].as_str() {
            self.answer(asked, line["losesWelcome"] == true).await;
        }
        Ok(())
    }

    /// The client says that its session is lost.
    fn lose(&mut self, why: &str) -> Result<(), String> {
        let silence = self.proxy.take_silence().max(self.proxy.take_untold());
        let is_full = self.world.is_tight() && why == FULL;
        // Each of them may cost a session of its own, and two may follow each other closely. Who
        // says that it was too much knows the session, and is no new one.
        let is_new_server = !is_full && self.restarts < self.world.restarts();
        self.restarts += usize::from(is_new_server);
        let is_stuck = self.proxy.take_lost_twice();
        let is_over = is_stuck || is_new_server || silence + self.slack() >= GRACE;
        if !(is_full || is_over && !NEVER.contains(&why)) {
            return Err(format!("lost after a silence of {silence:?}: {why}"));
        }
        self.events.reset();
        self.has_lost = true;
        Ok(())
    }

    fn end_call(&mut self, nonce: u32, line: &Value) -> Result<(), String> {
        let kind = line["kind"].as_str().unwrap_or_default().to_owned();
        let end = line["end"].as_str().unwrap_or_default().to_owned();
        // A page that was not welcomed yet has no session to lose.
        if end == "lost" && line["early"] != true && !self.has_lost {
            return Err(format!("a call was lost without its session: {line}"));
        }
        self.open.remove(&nonce);
        self.calls.push((nonce, kind, end));
        Ok(())
    }

    /// Does what the client's steps want done to its server or its way.
    async fn answer(&mut self, asked: &str, loses_welcome: bool) {
        let way = if loses_welcome { Way::without_first(Direction::Down) } else { Way::default() };
        self.proxy.force(way);
        match asked {
            "restart" => self.world.restart().await,
            _ => self.proxy.close_for(OVERSTAYED),
        }
    }

    /// Whether each call was executed as often as the client must believe.
    fn check_calls(&self) -> Result<(), String> {
        for (nonce, kind, end) in &self.calls {
            let executed = self.world.log.executed(*nonce);
            let most = if kind == "again" { MOST_EXECUTED } else { 1 };
            let least = u32::from(end == "answered");
            if executed < least || executed > most {
                return Err(format!("call {nonce}, {kind}, {end}: executed {executed} times"));
            }
        }
        Ok(())
    }

    fn slack(&self) -> Duration {
        SLACK + 4 * self.world.lag.worst().max(self.node.lag())
    }
}
