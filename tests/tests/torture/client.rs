//! A client of a seed: it takes its steps over whatever sockets it gets, and checks what it is told.

mod steps;

use std::collections::VecDeque;
use std::time::Duration;

use igor_tests::{Dice, Identity, Link, Received, Socket, TOKEN, Verdict};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::calls::Calls;
use crate::case::{Case, Step};
use crate::events::Events;
use crate::proxy::Proxy;
use crate::world::{BEAT, FULL, GRACE, UNKNOWN, World};

/// How long a socket may take to be opened, and then to be welcomed.
const OPENING: Duration = Duration::from_millis(500);

/// How long a client may wait for anything to come of its steps and calls.
const LONGEST: Duration = Duration::from_secs(60);

/// How much later than the proxy a server may look at its clock.
const SLACK: Duration = Duration::from_millis(100);

/// A client and what it knows.
pub(crate) struct Client<'a> {
    world: &'a World,
    proxy: &'a Proxy,
    case: Case,
    dice: Dice,
    steps: VecDeque<Step>,
    next_step: Instant,
    /// When it last took a step or had a frame of a call.
    progress: Instant,
    identity: Identity,
    /// What it shows the server before it says anything.
    token: String,
    /// The key before the one of now, once that one is known to be in use.
    old_key: Option<String>,
    epoch: Option<String>,
    /// What the next call writes down on the server.
    nonce: u32,
    pages: u32,
    has_said_hello: bool,
    is_welcomed: bool,
    link: Link,
    calls: Calls,
    events: Events,
    /// Why the session has to be lost, if it has.
    loss: Option<&'static str>,
    /// What it claims to have received, although it once had more.
    claim: Option<u64>,
    lost_since: Option<Instant>,
}

/// What a client knows of the socket that it has.
struct Visit {
    socket: Socket,
    heard: Instant,
    said: Instant,
    /// A frame that the server can have received over this socket only.
    proof: u64,
    /// What was acknowledged in front of it.
    acknowledged: u64,
    is_proven: bool,
    key_before: String,
}

/// What a client does next.
#[derive(Debug)]
enum Turn {
    /// The connection is lost.
    Lost,
    Return,
    Stay(Duration),
    Done,
}

impl<'a> Client<'a> {
    /// The client of a seed with this index.
    pub(crate) fn new(world: &'a World, case: Case, dice: Dice, index: usize) -> Self {
        let link = Link::new(case.ring_bytes);
        let mut identity = Identity::new();
        identity.ring = case.ring_bytes;
        identity.page = format!("page-{index}-0");
        Client {
            world,
            proxy: &world.proxies[index],
            steps: case.steps.iter().cloned().collect(),
            case,
            dice,
            next_step: Instant::now(),
            progress: Instant::now(),
            identity,
            token: TOKEN.to_owned(),
            old_key: None,
            epoch: None,
            nonce: 1_000_000 * index as u32,
            pages: 0,
            has_said_hello: false,
            is_welcomed: false,
            link,
            calls: Calls::default(),
            events: Events::default(),
            loss: None,
            claim: None,
            lost_since: None,
        }
    }

    /// Takes all steps and waits for all that they cause; says what was wrong.
    pub(crate) async fn run(mut self) -> Result<(), String> {
        loop {
            match self.visit().await? {
                Turn::Lost if self.dice.chance(self.case.impatience) => self.begin_page(),
                Turn::Return | Turn::Lost => sleep(Duration::from_millis(5)).await,
                Turn::Stay(away) => sleep(away).await,
                Turn::Done => break,
            }
            let since = *self.lost_since.get_or_insert_with(Instant::now);
            if self.loss.is_none() && since.elapsed() > GRACE + 2 * BEAT {
                self.give_up()?;
            }
            if self.progress.elapsed() > LONGEST {
                let attempts = self.identity.attempt;
                return Err(format!(
                    "stuck after {attempts} sockets with {:?} and {:?}",
                    self.calls, self.link
                ));
            }
        }
        self.calls.check(&self.world.log)
    }

    /// Lives on one socket.
    async fn visit(&mut self) -> Result<Turn, String> {
        let opening = Socket::open_as(&self.token, self.proxy.place().clone());
        let Ok(Ok(mut socket)) = timeout(OPENING, opening).await else { return Ok(Turn::Return) };
        let is_first = !std::mem::replace(&mut self.has_said_hello, true);
        self.identity.attempt += 1;
        let mut hello = self.identity.hello_again();
        if !is_first {
            let received = self.claim.unwrap_or(self.link.received());
            hello["data"]["resume"] =
                json!({ "epoch": self.epoch, "received": received, "have": self.link.have() });
        }
        socket.try_send(hello).await;
        if is_first {
            self.take_calls();
            self.write(&mut socket).await;
        }
        let Ok(first) = timeout(OPENING, socket.next()).await else { return Ok(Turn::Return) };
        let first = match first {
            Received::Text(first) => first,
            // No other socket of the client can have said hello behind this one.
            Received::Closed(4409) => return Err("superseded by nobody".into()),
            _ => return Ok(Turn::Return),
        };
        let welcome = read(&first)?;
        if welcome["action"] != "igor.welcome" {
            return Err(format!("in the place of a welcome: {welcome}"));
        }
        if welcome["code"] == 503 {
            return Ok(Turn::Return);
        }
        let key_before = self.identity.key.clone();
        self.welcomed(&welcome, is_first)?;
        let now = Instant::now();
        let visit = Visit {
            socket,
            heard: now,
            said: now,
            proof: self.link.newest() + 1,
            acknowledged: self.link.received(),
            is_proven: false,
            key_before,
        };
        self.live(visit).await
    }

    /// Takes a welcome, or a refusal, which is never right.
    fn welcomed(&mut self, welcome: &Value, is_first: bool) -> Result<(), String> {
        let data = &welcome["data"];
        let key = data["key"].as_str().ok_or_else(|| format!("refused: {welcome}"))?;
        self.identity.key = key.to_owned();
        let epoch = data["epoch"].as_str().map(str::to_owned);
        let is_new_server =
            self.epoch.is_some() && self.epoch != epoch && self.world.restarts() > 0;
        self.epoch = epoch;
        if self.identity.name.as_ref().is_some_and(|name| data["clientId"] != name.as_str()) {
            return Err(format!("welcomed as somebody else: {welcome}"));
        }
        let silence = self.proxy.take_silence();
        if data["resumed"] == true {
            if let Some(loss) = self.loss {
                return Err(format!("resumed, although {loss}"));
            }
            let received = data["received"].as_u64().unwrap_or_default();
            if is_first || !self.link.resume(received, self.case.resends) {
                return Err(format!("resumed where it was not: {welcome} for {:?}", self.link));
            }
        } else if !is_first {
            let is_full = self.world.is_tight() && data["reason"] == FULL;
            let is_stuck = self.proxy.take_lost_twice();
            let is_over = (is_stuck || silence + self.slack() > GRACE) && data["reason"] == UNKNOWN;
            let may_be_lost =
                !self.is_welcomed || self.loss.is_some() || is_new_server || is_full || is_over;
            if !may_be_lost {
                return Err(format!("lost after a silence of {silence:?}: {welcome}"));
            }
            self.lose();
        }
        let limits = &data["limits"];
        let frames = limits["ringFrames"].as_u64().unwrap_or_default();
        self.link.fit(frames, limits["ringBytes"].as_u64().unwrap_or_default() as usize);
        self.is_welcomed = true;
        self.loss = None;
        self.claim = None;
        self.lost_since = None;
        Ok(())
    }

    /// Takes steps and frames until the socket is of no more use.
    async fn live(&mut self, mut visit: Visit) -> Result<Turn, String> {
        self.acknowledge(&mut visit).await;
        loop {
            if self.write(&mut visit.socket).await {
                visit.said = Instant::now();
            }
            if self.is_done()? {
                return Ok(Turn::Done);
            }
            if self.progress.elapsed() > LONGEST {
                return Ok(Turn::Return);
            }
            let look = (visit.said + BEAT).min(visit.heard + 2 * BEAT);
            tokio::select! {
                received = visit.socket.next() => {
                    let Received::Text(text) = received else {
                        self.proxy.note(format!("the client sees {received:?}"));
                        return Ok(Turn::Lost);
                    };
                    visit.heard = Instant::now();
                    if !self.receive(&text, &mut visit).await? {
                        self.proxy.note("the client sees a gap");
                        return Ok(Turn::Return);
                    }
                }
                () = sleep_until(self.next_step), if !self.steps.is_empty() => {
                    if let Some(turn) = self.step(&mut visit).await? {
                        return Ok(turn);
                    }
                }
                () = sleep_until(look) => {
                    if visit.heard.elapsed() >= 2 * BEAT {
                        self.proxy.note("the client hears nothing");
                        return Ok(Turn::Lost);
                    }
                    self.acknowledge(&mut visit).await;
                }
            }
        }
    }

    /// Takes a frame; says whether the next can follow.
    async fn receive(&mut self, text: &str, visit: &mut Visit) -> Result<bool, String> {
        let frame = read(text)?;
        if let Some(ack) = frame["ack"].as_u64() {
            if !self.link.acknowledge(ack) {
                return Err(format!("acknowledged what was never sent: {frame}"));
            }
            if ack >= visit.proof && !visit.is_proven {
                visit.is_proven = true;
                self.old_key = Some(visit.key_before.clone());
            }
        }
        if frame["beat"] == true {
            self.acknowledge(visit).await;
        }
        match frame["n"].as_u64().map(|n| self.link.receive(n, text.len())) {
            Some(Verdict::Drop) => return Ok(true),
            Some(Verdict::Gap) => return Ok(false),
            Some(Verdict::Deliver) | None => {}
        }
        if let Some(id) = frame["streamId"].as_i64() {
            self.progress = Instant::now();
            if self.link.holds(id) {
                if frame["code"] != 503 {
                    return Err(format!("a call was begun behind the last: {frame}"));
                }
            } else if let Some(grant) = self.calls.receive(id, &frame)? {
                self.link.send(grant);
            }
        } else if let Some(name) = frame["action"].as_str() {
            if name == "igor.goodbye" {
                let last_call = frame["data"]["lastCall"].as_i64();
                self.link.hold(last_call.ok_or_else(|| format!("no last call: {frame}"))?);
            } else if name != "igor.welcome" {
                self.events.receive(name, &frame["data"])?;
            }
        } else if let Some(error) = frame["error"].as_str() {
            check_loose(error)?;
        }
        if self.link.is_ack_due() {
            self.acknowledge(visit).await;
        }
        Ok(true)
    }

    /// The session is lost: what was sent may or may not have been executed, the rest is sent.
    fn lose(&mut self) {
        self.link.reset();
        let unsent: Vec<i64> =
            self.link.queued().filter_map(|frame| frame["streamId"].as_i64()).collect();
        self.calls.lose(|id| unsent.contains(&id));
        self.events.reset();
    }

    /// No welcome came for so long that the session is over, for this end too.
    fn give_up(&mut self) -> Result<(), String> {
        let untold = self.proxy.take_untold();
        if untold + self.slack() < GRACE {
            return Err(format!("no welcome, although the server was heard {untold:?} ago"));
        }
        self.lose();
        let fresh = Identity::new();
        self.identity =
            Identity { page: self.identity.page.clone(), ring: self.identity.ring, ..fresh };
        self.epoch = None;
        self.old_key = None;
        self.is_welcomed = false;
        self.lost_since = None;
        Ok(())
    }

    /// How much later than the proxy others may look at the clock.
    fn slack(&self) -> Duration {
        SLACK + 4 * self.world.lag.worst()
    }

    /// Writes what the link has; says whether that was anything.
    async fn write(&mut self, socket: &mut Socket) -> bool {
        let mut has_written = false;
        while let Some(text) = self.link.next_frame(self.is_welcomed) {
            socket.try_send(text).await;
            has_written = true;
        }
        has_written
    }

    async fn acknowledge(&mut self, visit: &mut Visit) {
        visit.socket.try_send(json!({ "ack": self.link.tell_received() })).await;
        visit.said = Instant::now();
    }

    /// Whether nothing is left to be done and everything was right.
    fn is_done(&mut self) -> Result<bool, String> {
        if !self.steps.is_empty() || self.calls.has_open() {
            return Ok(false);
        }
        match self.calls.counted() {
            Some(counted) => self.events.check(counted).map(|()| true),
            None => {
                let ask = self.calls.ask_count();
                self.link.send(ask);
                Ok(false)
            }
        }
    }
}

fn read(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|cause| format!("{cause} in {text}"))
}

/// Whether an error that belongs to no stream has a cause: a frame that was garbled, or a hello
/// that came twice.
fn check_loose(error: &str) -> Result<(), String> {
    let is_garbled = error.contains("streamId") && error.contains("not an integer");
    if is_garbled || error == "the frame has no number `n`" {
        return Ok(());
    }
    Err(format!("an error without a cause: {error}"))
}
