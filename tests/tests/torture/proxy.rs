//! The proxy between a client and the server, which does to each connection what the seed says.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use igor_tests::{Entrance, Io, Place, Units};
use tokio::io::{AsyncWriteExt as _, ReadHalf, WriteHalf, split};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

use crate::fault::{Direction, Harm, Way};

/// How long a welcome takes at least, where nothing is in its way.
const WELCOMING: Duration = Duration::from_millis(30);

/// The unit in which a client says hello, and the server welcomes it.
const HELLO: u64 = 1;

/// A proxy for one client; it ends with its handle.
#[derive(Debug)]
pub(crate) struct Proxy {
    place: Place,
    road: Arc<Road>,
    accepting: AbortHandle,
}

/// What all connections of a proxy share.
#[derive(Debug)]
struct Road {
    state: Mutex<State>,
    /// Counts the hellos that have passed.
    hellos: watch::Sender<u64>,
    /// The server; when it is another one all connections are cut.
    server: watch::Sender<Place>,
}

#[derive(Debug)]
struct State {
    /// What the next connections are, before the seed is asked again.
    forced: VecDeque<Way>,
    /// The connection whose hello the server has welcomed last: it hears the client over no other.
    welcomed: Option<u64>,
    /// When the server was last given something over that one, or saw it end.
    heard: Instant,
    /// The longest time without that before a hello, since this was last asked.
    silence: Duration,
    /// When the client was last given something over that one.
    told: Instant,
    /// The longest time without that, since this was last asked.
    untold: Duration,
    /// Frames that were taken out of the middle, since this was last asked.
    lost: u32,
    /// Until then nothing is let in.
    closed_until: Instant,
    /// What was done, for whoever has to understand a failure.
    done: Vec<String>,
}

impl Proxy {
    /// Listens, for a client whose ways are these; there is no server yet.
    pub(crate) async fn start(way_of: impl Fn(u64) -> Way + Send + 'static) -> Self {
        let entrance = Entrance::open().await;
        let place = entrance.place().clone();
        let state = State {
            forced: VecDeque::new(),
            welcomed: None,
            heard: Instant::now(),
            silence: Duration::ZERO,
            told: Instant::now(),
            untold: Duration::ZERO,
            lost: 0,
            closed_until: Instant::now(),
            done: Vec::new(),
        };
        let road = Arc::new(Road {
            state: Mutex::new(state),
            hellos: watch::Sender::new(0),
            server: watch::Sender::new(place.clone()),
        });
        let accepting = tokio::spawn(accept(entrance, Arc::clone(&road), way_of)).abort_handle();
        Proxy { place, road, accepting }
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Leads to this server from now on; what led to another is cut.
    pub(crate) fn lead_to(&self, server: Place) {
        self.road.server.send_replace(server);
    }

    /// Leads who comes from now on to this server; what leads to another stays.
    pub(crate) fn lead_next_to(&self, server: Place) {
        self.road.server.send_if_modified(|leads_to| {
            *leads_to = server;
            false
        });
    }

    /// Cuts everything and lets nothing in for so long.
    pub(crate) fn close_for(&self, time: Duration) {
        self.road.state().closed_until = Instant::now() + time;
        let server = self.road.server.borrow().clone();
        self.lead_to(server);
    }

    /// Makes the next connection this one.
    pub(crate) fn force(&self, way: Way) {
        self.road.state().forced.push_back(way);
    }

    /// For how long the server heard nothing of the client before some hello, at most, since the
    /// last time that this was asked.
    pub(crate) fn take_silence(&self) -> Duration {
        std::mem::take(&mut self.road.state().silence)
    }

    /// For how long the client was given nothing by a server that had welcomed it, at most, since
    /// the last time that this was asked.
    pub(crate) fn take_untold(&self) -> Duration {
        let mut state = self.road.state();
        std::mem::take(&mut state.untold).max(state.told.elapsed())
    }

    /// Whether two frames were taken out of the middle, since this was last asked: the same one
    /// may have been missing twice, which ends a session.
    pub(crate) fn take_lost_twice(&self) -> bool {
        std::mem::take(&mut self.road.state().lost) >= 2
    }

    /// Notes something of the client's.
    pub(crate) fn note(&self, text: impl Into<String>) {
        self.road.state().done.push(text.into());
    }

    /// What was done so far.
    pub(crate) fn story(&self) -> Vec<String> {
        self.road.state().done.clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Road {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds this lock")
    }

    fn note(&self, index: u64, text: impl Into<String>) {
        self.state().done.push(format!("connection {index}: {}", text.into()));
    }

    /// The server is given a hello.
    fn greeted(&self) {
        let mut state = self.state();
        state.silence = state.silence.max(state.heard.elapsed());
        drop(state);
        self.hellos.send_modify(|hellos| *hellos += 1);
    }
}

async fn accept(mut entrance: Entrance, road: Arc<Road>, way_of: impl Fn(u64) -> Way) {
    let mut connections = JoinSet::new();
    let mut index = 0;
    while let Ok(client) = entrance.accept().await {
        if Instant::now() < road.state().closed_until {
            continue;
        }
        let forced = road.state().forced.pop_front();
        let way = forced.unwrap_or_else(|| way_of(index));
        let road = Arc::clone(&road);
        connections.spawn(async move {
            let mut server = road.server.subscribe();
            let place = server.borrow_and_update().clone();
            let Ok(upstream) = place.connect().await else { return };
            let connection = Connection { index, way, road };
            tokio::select! {
                () = connection.run(client, upstream) => {}
                _ = server.changed() => {}
            }
        });
        index += 1;
    }
}

/// One connection.
struct Connection {
    index: u64,
    way: Way,
    road: Arc<Road>,
}

/// Why a direction passes nothing more.
enum End {
    /// One side is gone, or both are to believe so.
    Cut,
    /// The client is to believe so; the server is to be given this after the next hello.
    Late(Vec<u8>),
    /// Both sides are to hear nothing more, not even of the other's end.
    Silent,
}

impl Connection {
    async fn run(self, client: Box<dyn Io>, server: Box<dyn Io>) {
        let (from_client, mut to_client) = split(client);
        let (from_server, mut to_server) = split(server);
        let (mut from_client, mut from_server) = (Units::new(from_client), Units::new(from_server));
        let end = tokio::select! {
            end = self.pass(Direction::Up, &mut from_client, &mut to_server) => end,
            end = self.pass(Direction::Down, &mut from_server, &mut to_client) => end,
        };
        match end {
            End::Cut => self.left(),
            End::Silent => {
                tokio::join!(from_client.discard(), from_server.discard());
            }
            End::Late(unit) => {
                let mut hellos = self.road.hellos.subscribe();
                hellos.borrow_and_update();
                drop((from_client, to_client));
                let _ = hellos.changed().await;
                self.road.note(self.index, "a late unit is delivered");
                let _ = to_server.write_all(&unit).await;
                from_server.discard().await;
            }
        }
    }

    /// Passes units until the end, or until something goes wrong.
    async fn pass(
        &self,
        direction: Direction,
        from: &mut Units<ReadHalf<Box<dyn Io>>>,
        to: &mut WriteHalf<Box<dyn Io>>,
    ) -> End {
        let fault = self.way.fault.filter(|fault| fault.direction == direction);
        let mut index = 0;
        let mut cut_at = None;
        loop {
            // Units that come together travel together: what a server says last has to arrive
            // before it has waited in vain for the client to hear it.
            let latency = if from.has_next() { Duration::ZERO } else { self.way.latency };
            let Some(unit) = from.next().await else { break };
            if direction == Direction::Down && index == HELLO && is_welcome(&unit) {
                self.road.note(self.index, "the server welcomes");
                self.road.state().welcomed = Some(self.index);
                self.heard();
            }
            if !latency.is_zero() {
                tokio::time::sleep(latency).await;
            }
            if cut_at == Some(index) {
                return End::Cut;
            }
            let harm = fault.filter(|fault| fault.unit == index).map(|fault| fault.harm);
            if let Some(harm) = harm {
                self.road.note(self.index, format!("{direction:?} unit {index}: {harm:?}"));
            }
            match harm {
                Some(Harm::Cut { passes }) => {
                    let passes = unit.len() * passes as usize / 1000;
                    if passes == unit.len() {
                        self.passed(direction, index);
                    }
                    let _ = to.write_all(&unit[..passes]).await;
                    return End::Cut;
                }
                Some(Harm::Freeze) => {
                    from.discard().await;
                    return End::Cut;
                }
                Some(Harm::Stall) => {
                    let held = self.hold(unit, from).await;
                    if to.write_all(&held).await.is_err() {
                        break;
                    }
                }
                Some(Harm::Blackhole) => return End::Silent,
                // A goodbye has no number by which it would be missed, and no network loses it alone.
                Some(Harm::Lose { more }) if !is_goodbye(&unit) => {
                    self.road.state().lost += u32::from(index > HELLO);
                    cut_at = Some(index + 1 + more);
                }
                Some(Harm::Late) => return End::Late(unit),
                harm => {
                    self.passed(direction, index);
                    let times = if harm == Some(Harm::Double) { 2 } else { 1 };
                    if to.write_all(&unit.repeat(times)).await.is_err() {
                        break;
                    }
                }
            }
            index += 1;
        }
        End::Cut
    }

    /// Holds what comes until the client has said hello over another connection, and been welcomed.
    async fn hold(&self, first: Vec<u8>, from: &mut Units<ReadHalf<Box<dyn Io>>>) -> Vec<u8> {
        let mut hellos = self.road.hellos.subscribe();
        hellos.borrow_and_update();
        let mut held = first;
        let mut is_whole = false;
        loop {
            tokio::select! {
                unit = from.next(), if !is_whole => match unit {
                    Some(unit) => held.extend(unit),
                    None => {
                        is_whole = true;
                        self.left();
                    }
                },
                _ = hellos.changed() => break,
            }
        }
        tokio::time::sleep(WELCOMING).await;
        held
    }

    /// The receiver is given this unit.
    fn passed(&self, direction: Direction, unit: u64) {
        match direction {
            Direction::Up if unit == HELLO => self.road.greeted(),
            Direction::Up => self.heard(),
            Direction::Down => self.told(),
        }
    }

    /// The client is given something.
    fn told(&self) {
        let mut state = self.road.state();
        if state.welcomed == Some(self.index) {
            state.untold = state.untold.max(state.told.elapsed());
            state.told = Instant::now();
        }
    }

    /// The server hears something of the client.
    fn heard(&self) {
        let mut state = self.road.state();
        if state.welcomed == Some(self.index) {
            state.heard = Instant::now();
        }
    }

    /// The server sees the client go.
    fn left(&self) {
        self.heard();
        let mut state = self.road.state();
        state.welcomed = state.welcomed.filter(|index| *index != self.index);
    }
}

/// Whether the server welcomes the client: it may as well refuse it, or close.
fn is_welcome(unit: &[u8]) -> bool {
    has(unit, b"\"resumed\":")
}

/// Whether the server says that it is about to end.
fn is_goodbye(unit: &[u8]) -> bool {
    has(unit, b"\"igor.goodbye\"")
}

fn has(unit: &[u8], text: &[u8]) -> bool {
    unit.windows(text.len()).any(|window| window == text)
}
