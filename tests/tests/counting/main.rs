//! What a call, an item and an event cost the server in allocations, writes, frames and bytes.
//!
//! Counted and not timed, so that every machine says the same. Everything runs on the thread of
//! its test, and the clients allocate nothing meanwhile: what is counted is the server's.

mod allocations;
mod frames;
mod line;
mod writes;

use allocation_counter::measure;
use futures_util::stream::{self, Stream};
use igor::{Hub, Output, Registry, Server, testing};
use igor_tests::config;
use tokio::runtime::{Builder, Runtime};

use crate::line::Line;

#[igor::data]
struct Said {
    who: String,
    text: String,
}

#[igor::event("told")]
struct Told {
    text: String,
}

#[igor::action("say")]
async fn say(room: String, text: String) -> Said {
    Said { who: room, text }
}

#[igor::action("items")]
fn items(count: u32) -> impl Stream<Item = u32> {
    stream::iter(0..count)
}

#[igor::action("outputs")]
async fn outputs(count: u32, output: Output<u32>) -> igor::Result<()> {
    for n in 0..count {
        output.send(n).await?;
    }
    Ok(())
}

#[igor::action("tell")]
fn tell(text: String, hub: Hub) {
    hub.all().send(&Told { text });
}

/// A small call.
const SAY: &str = r#""action":"say","data":{"room":"lobby","text":"hello"}"#;

/// After so many calls of a kind no table grows any more.
const WARM_UP: usize = 8;

/// A server and its clients, the first of which makes the calls.
struct Test {
    runtime: Runtime,
    clients: Vec<Line>,
    server: testing::Running,
}

/// What the server took for something.
#[derive(Clone, Copy, Debug)]
struct Cost {
    allocations: u64,
    bytes: u64,
    writes: u64,
}

impl Test {
    fn new(clients: usize) -> Self {
        let registry = Registry::new()
            .action::<say>()
            .action::<items>()
            .action::<outputs>()
            .action::<tell>()
            .event::<Told>();
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let server = testing::serve(Server::new(config()).registry(registry));
        let server = runtime.block_on(server).expect("a server");
        let enter = |_| runtime.block_on(Line::enter(&server));
        let clients = (0..clients).map(enter).collect();
        Test { runtime, clients, server }
    }

    /// What a page takes that makes a call behind its hello, from there to the reply.
    fn first_call(&self, call: &str) -> Cost {
        let mut line = self.runtime.block_on(Line::upgraded(&self.server));
        let asked = Line::first_call(call);
        let before = line.writes();
        let allocated = measure(|| self.runtime.block_on(line.ask(&asked, 2)));
        let mut heard = line.heard();
        assert!(heard.next().is_some_and(|welcome| welcome.contains("igor.welcome")));
        assert!(heard.next().is_some_and(|reply| reply.ends_with(r#""close":true}"#)));
        let writes = line.writes() - before;
        Cost { allocations: allocated.count_total, bytes: allocated.bytes_total, writes }
    }

    fn caller(&mut self) -> &mut Line {
        &mut self.clients[0]
    }

    /// What it takes to answer so many calls that come together, each by so many frames, when all
    /// that grows has grown; every other client hears so many frames of it.
    fn cost(&mut self, call: &str, calls: usize, answers: usize, events: usize) -> Cost {
        for _ in 0..WARM_UP {
            self.once(call, calls, answers, events);
        }
        self.once(call, calls, answers, events)
    }

    fn once(&mut self, call: &str, calls: usize, answers: usize, events: usize) -> Cost {
        let asked = self.caller().calls(call, calls);
        let before = self.writes();
        let allocated = measure(|| {
            self.runtime.block_on(async {
                let (caller, others) = self.clients.split_first_mut().expect("a client");
                caller.ask(&asked, calls * answers).await;
                for other in others {
                    other.hear(events).await;
                    other.acknowledge().await;
                }
            });
        });
        let writes = self.writes() - before;
        Cost { allocations: allocated.count_total, bytes: allocated.bytes_total, writes }
    }

    /// How often the server has written to any of them.
    fn writes(&self) -> u64 {
        self.clients.iter().map(Line::writes).sum()
    }
}
