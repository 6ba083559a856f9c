//! What is measured: the server's processor time for one operation, or its memory for one connection.

use std::io;
use std::time::Duration;

use futures_util::future::try_join_all;
use tokio::time::timeout;

use crate::client::Client;
use crate::dialect::{Ask, Peer, json};
use crate::server::Server;

/// No measurement takes as long, unless something hangs.
const LONGEST: Duration = Duration::from_secs(120);

/// A thing to measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Workload {
    /// Small calls: so many connections with so many calls open on each.
    Calls(u64, u64),
    /// Calls that carry so many rows of about 100 bytes each way.
    Echo(u32),
    /// Items of a stream that does not end.
    Stream,
    /// Items of streams that have so many each, one stream after the other.
    Streams(u64),
    /// Outputs of a call.
    Outputs,
    /// An event to so many clients.
    Event(u64),
    /// The same, when one of them reads nothing and more waits for it than the system buffers.
    EventBesideSlow(u64),
    /// An event to one client in a room, when it is in so many.
    Rooms(u64),
    /// Small calls while so many others of the client do not end.
    Waiting(u64),
    /// A connection up to its first answer.
    Connect,
    /// The memory of a connection that says nothing, when there are so many.
    Idle(u64),
}

impl Workload {
    /// What it is called on the command line.
    pub fn key(self) -> String {
        match self {
            Workload::Calls(clients, window) => format!("{clients}x{window}"),
            Workload::Echo(rows) => format!("echo-{rows}"),
            Workload::Stream => "stream".to_owned(),
            Workload::Streams(items) => format!("stream-{items}"),
            Workload::Outputs => "output".to_owned(),
            Workload::Event(clients) => format!("event-{clients}"),
            Workload::EventBesideSlow(clients) => format!("slow-{clients}"),
            Workload::Rooms(rooms) => format!("rooms-{rooms}"),
            Workload::Waiting(calls) => format!("waiting-{calls}"),
            Workload::Connect => "connect".to_owned(),
            Workload::Idle(clients) => format!("idle-{clients}"),
        }
    }

    /// Whether it measures memory, in bytes, and not time, in nanoseconds.
    pub fn is_memory(self) -> bool {
        matches!(self, Workload::Idle(_))
    }

    /// Measures it with a server of its own; `scale` is 1 for a thorough run and less for a rough one.
    ///
    /// # Errors
    ///
    /// Those of the sockets and of the server's process, and answers that are not right.
    pub async fn measure(self, peer: Peer, scale: f64) -> io::Result<f64> {
        let measured = timeout(LONGEST, self.measure_it(peer, scale)).await;
        measured.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    async fn measure_it(self, peer: Peer, scale: f64) -> io::Result<f64> {
        let mut server = Server::start(peer, "0")?;
        let times = |count: f64| (count * scale).max(8.0) as u64;
        match self {
            Workload::Calls(count, window) => {
                let mut clients = connect(peer, &server, count).await?;
                // Beyond a thousand connections there are several calls on each all the same.
                let total = times(if window == 1 { 20_000.0 } else { 200_000.0 });
                let each = (total / count).max(window.min(8) * 2);
                calls(&mut clients, &Ask::Say, each / 4 + 1, window).await?;
                let before = server.used()?;
                calls(&mut clients, &Ask::Say, each, window).await?;
                per(&mut server, before.cpu_nanos, each * count)
            }
            Workload::Echo(rows) => {
                let mut clients = connect(peer, &server, 1).await?;
                let ask = Ask::Echo(json(rows));
                let total = times(400_000.0 / f64::from(rows)).min(times(10_000.0));
                calls(&mut clients, &ask, total / 10 + 1, 1).await?;
                let before = server.used()?;
                calls(&mut clients, &ask, total, 1).await?;
                per(&mut server, before.cpu_nanos, total)
            }
            Workload::Stream => {
                let total = times(200_000.0);
                items(peer, &mut server, Ask::Count, total, 1).await
            }
            Workload::Streams(each) => {
                items(peer, &mut server, Ask::Count, each, times(200_000.0 / each as f64)).await
            }
            Workload::Outputs => {
                let total = times(200_000.0);
                items(peer, &mut server, Ask::Report, total, 1).await
            }
            Workload::Event(count) | Workload::EventBesideSlow(count) => {
                let mut clients = connect(peer, &server, count).await?;
                shuffle(&mut clients);
                let mut slow = match self {
                    Workload::EventBesideSlow(_) => clients.pop(),
                    _ => None,
                };
                if let Some(slow) = &mut slow {
                    fill(slow).await?;
                }
                let events = times(200_000.0 / count as f64);
                tell(&mut clients, Ask::Tell, 1, events / 10 + 1).await?;
                let before = server.used()?;
                tell(&mut clients, Ask::Tell, events / 10 + 2, events).await?;
                per(&mut server, before.cpu_nanos, events * count)
            }
            Workload::Rooms(rooms) => {
                let mut clients = connect(peer, &server, 1).await?;
                calls(&mut clients, &Ask::Enter(rooms), 1, 1).await?;
                let events = times(20_000.0);
                tell(&mut clients, Ask::TellRoom, 1, events / 10 + 1).await?;
                let before = server.used()?;
                tell(&mut clients, Ask::TellRoom, events / 10 + 2, events).await?;
                per(&mut server, before.cpu_nanos, events)
            }
            Workload::Waiting(waiting) => {
                let mut clients = connect(peer, &server, 1).await?;
                for _ in 0..waiting {
                    clients[0].ask(&Ask::Wait);
                }
                let total = times(20_000.0);
                calls(&mut clients, &Ask::Say, total / 4 + 1, 1).await?;
                let before = server.used()?;
                calls(&mut clients, &Ask::Say, total, 1).await?;
                per(&mut server, before.cpu_nanos, total)
            }
            Workload::Connect => {
                let total = times(2_000.0);
                come_and_go(peer, &server, 0, total / 10 + 1).await?;
                let before = server.used()?;
                come_and_go(peer, &server, total, total).await?;
                per(&mut server, before.cpu_nanos, total)
            }
            Workload::Idle(count) => {
                // One that the others are not: its session may be there still.
                drop(Client::connect(peer, server.port, count).await?);
                let before = server.used()?;
                let clients = connect(peer, &server, count).await?;
                let after = server.used()?;
                drop(clients);
                Ok(after.resident_bytes.saturating_sub(before.resident_bytes) as f64 / count as f64)
            }
        }
    }
}

fn per(server: &mut Server, before_nanos: u64, operations: u64) -> io::Result<f64> {
    Ok((server.used()?.cpu_nanos - before_nanos) as f64 / operations as f64)
}

/// So many clients, one after the other.
///
/// # Errors
///
/// Those of the sockets.
pub async fn connect(peer: Peer, server: &Server, count: u64) -> io::Result<Vec<Client>> {
    let mut clients = Vec::new();
    for connection in 0..count {
        clients.push(Client::connect(peer, server.port, connection).await?);
    }
    Ok(clients)
}

/// Has the clients listen in another order than they came in. A server that writes in that order
/// would find the driver awake, and one that keeps its clients in a table asleep, which costs a write
/// half as much again; clients on machines of their own know of no order.
fn shuffle(clients: &mut [Client]) {
    let mut dice = 1_u32;
    for last in (1..clients.len()).rev() {
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        clients.swap(last, (dice >> 8) as usize % (last + 1));
    }
}

/// Makes so many calls on each connection, with so many open on each at the same time.
///
/// # Errors
///
/// Those of the sockets, and answers that are not right.
pub async fn calls(clients: &mut [Client], ask: &Ask, each: u64, window: u64) -> io::Result<()> {
    try_join_all(clients.iter_mut().map(|client| client.calls(ask, each, window))).await?;
    Ok(())
}

/// Reads so many streams to their last item, one after the other.
async fn items(
    peer: Peer,
    server: &mut Server,
    ask: fn(u64) -> Ask,
    each: u64,
    streams: u64,
) -> io::Result<f64> {
    let mut client = Client::connect(peer, server.port, 0).await?;
    client.items(&ask(each / 10 + 1), each / 10 + 1).await?;
    let before = server.used()?;
    for _ in 0..streams {
        client.items(&ask(each), each).await?;
    }
    per(server, before.cpu_nanos, each * streams)
}

/// One event after the other, each when all have heard the one before.
async fn tell(
    clients: &mut [Client],
    ask: fn(u64) -> Ask,
    first: u64,
    events: u64,
) -> io::Result<()> {
    for n in first..first + events {
        if let Some(teller) = clients.first_mut() {
            teller.ask(&ask(n));
            teller.flush().await?;
        }
        for client in &mut *clients {
            client.event().await?;
        }
    }
    Ok(())
}

/// Asks for more than the system buffers, and reads nothing of it.
async fn fill(slow: &mut Client) -> io::Result<()> {
    let rows = Ask::Echo(json(1000));
    for _ in 0..80 {
        slow.ask(&rows);
        slow.flush().await?;
    }
    Ok(())
}

async fn come_and_go(peer: Peer, server: &Server, from: u64, count: u64) -> io::Result<()> {
    for connection in from..from + count {
        Client::connect_and_call(peer, server.port, connection).await?;
    }
    Ok(())
}
