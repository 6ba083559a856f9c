//! What the server offers here: actions whose effects are written down, and events that count.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use igor::{Client, Output, ProcessContext, Registry, Scope, Session};

/// What really happened. It outlives the servers that write it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log(Arc<Entries>);

#[derive(Debug, Default)]
struct Entries {
    executed: Mutex<HashMap<u32, u32>>,
    origins: AtomicU32,
}

impl Log {
    fn execute(&self, nonce: u32) {
        *self.0.executed.lock().expect("it is never poisoned").entry(nonce).or_default() += 1;
    }

    /// How often the call with this nonce was executed.
    pub(crate) fn executed(&self, nonce: u32) -> u32 {
        let executed = self.0.executed.lock().expect("it is never poisoned");
        executed.get(&nonce).copied().unwrap_or_default()
    }

    /// A number that nobody else has.
    fn origin(&self) -> u32 {
        self.0.origins.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// What was sent to a client since its session began.
#[derive(Clone, Debug, Default)]
struct Sent {
    origin: u32,
    count: u32,
}

/// The end of the events that a client was sent.
#[igor::data]
struct Count {
    origin: u32,
    count: u32,
}

#[igor::event("torture.told")]
struct Told {
    origin: u32,
    count: u32,
    padding: String,
}

#[igor::event("torture.logged", when_slow = "drop_oldest")]
struct Logged {
    origin: u32,
    count: u32,
    padding: String,
}

#[igor::event("torture.progressed", when_slow = "latest")]
struct Progressed {
    origin: u32,
    count: u32,
}

#[igor::event("torture.moved", when_slow = "volatile")]
struct Moved {
    origin: u32,
    count: u32,
}

#[igor::event("torture.ticked")]
struct Ticked {
    origin: u32,
    count: u32,
}

/// An item of a call.
#[igor::data]
struct Item {
    nonce: u32,
    index: u32,
}

#[igor::action("torture.add")]
fn add(nonce: u32, log: Scope<Log>) -> u32 {
    log.execute(nonce);
    nonce
}

#[igor::action("torture.wait")]
async fn wait(nonce: u32, milliseconds: u32, log: Scope<Log>) -> u32 {
    log.execute(nonce);
    tokio::time::sleep(Duration::from_millis(milliseconds.into())).await;
    nonce
}

#[igor::action("torture.fail")]
async fn fail(nonce: u32, log: Scope<Log>) -> igor::Result<u32> {
    log.execute(nonce);
    tokio::task::yield_now().await;
    Err(igor::Error::forbidden(nonce.to_string()))
}

#[igor::action("torture.output")]
async fn output(
    nonce: u32,
    count: u32,
    log: Scope<Log>,
    output: Output<Item>,
) -> igor::Result<u32> {
    log.execute(nonce);
    for index in 0..count {
        output.send(Item { nonce, index }).await?;
        pause(index).await;
    }
    Ok(nonce)
}

#[igor::action("torture.stream")]
fn stream(nonce: u32, count: u32, log: Scope<Log>) -> impl futures_util::Stream<Item = Item> {
    log.execute(nonce);
    futures_util::stream::unfold(0, move |index| async move {
        pause(index).await;
        (index < count).then_some((Item { nonce, index }, index + 1))
    })
}

/// Sends the caller so many events of each kind.
#[igor::action("torture.tell")]
fn tell(
    nonce: u32,
    count: u32,
    bytes: u32,
    client: Client,
    sent: Session<Sent>,
    log: Scope<Log>,
) -> u32 {
    log.execute(nonce);
    let padding = "x".repeat(bytes as usize);
    // Whoever counts sends, so that events go out in the order of their numbers.
    sent.write(|sent| {
        sent.begin(&log);
        for _ in 0..count {
            sent.count += 1;
            let Sent { origin, count } = *sent;
            client.send(&Told { origin, count, padding: padding.clone() });
            client.send(&Logged { origin, count, padding: padding.clone() });
            client.send(&Progressed { origin, count });
            client.send(&Moved { origin, count });
        }
    });
    nonce
}

/// How many events the caller was sent.
#[igor::action("torture.count")]
fn count(sent: Session<Sent>) -> Count {
    sent.read(|sent| Count { origin: sent.origin, count: sent.count })
}

/// Tells everybody all the time: often at first, then so seldom that on a busy machine, too, a
/// client with the smallest ring gets its calls' frames between.
#[igor::process("torture.clock")]
#[derive(Default)]
struct Clock;

impl igor::Process for Clock {
    async fn run(&mut self, cx: &ProcessContext) -> igor::Result<()> {
        let origin = cx.scope::<Log>()?.origin();
        for count in 1.. {
            cx.hub().all().send(&Ticked { origin, count });
            let is_fresh = count < 60;
            tokio::time::sleep(Duration::from_millis(if is_fresh { 50 } else { 500 })).await;
        }
        Ok(())
    }
}

impl Sent {
    fn begin(&mut self, log: &Log) {
        if self.origin == 0 {
            self.origin = log.origin();
        }
    }
}

/// Most items come together, some have to be waited for.
async fn pause(index: u32) {
    if index % 4 == 3 {
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
}

/// All of it.
pub(crate) fn registry() -> Registry {
    Registry::new()
        .action::<add>()
        .action::<wait>()
        .action::<fail>()
        .action::<output>()
        .action::<stream>()
        .action::<tell>()
        .action::<count>()
        .event::<Told>()
        .event::<Logged>()
        .event::<Progressed>()
        .event::<Moved>()
        .event::<Ticked>()
        .process::<Clock>()
}
