//! What is measured: the server's processor time for one operation, or its memory for one connection.

use std::io;

use futures_util::future::try_join_all;

use crate::client::Client;
use crate::dialect::{Ask, Heard, Peer, large};
use crate::server::Server;

/// A thing to measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Workload {
    /// Small calls: so many connections with so many calls open on each.
    Calls(usize, u64),
    /// Calls that carry 100 KiB of JSON each way.
    Large,
    /// Items of a stream.
    Stream,
    /// Outputs of a call.
    Outputs,
    /// An event to so many clients.
    Event(usize),
    /// A connection up to its first answer.
    Connect,
    /// The memory of a connection that says nothing.
    Idle(usize),
}

impl Workload {
    /// Its name in the table.
    pub fn name(self) -> String {
        match self {
            Workload::Calls(1, window) => format!("1 connection × {window} in flight"),
            Workload::Calls(clients, window) => {
                format!("{clients} connections × {window} in flight")
            }
            Workload::Large => "100 KiB of JSON, there and back".to_owned(),
            Workload::Stream => "item of a returned stream".to_owned(),
            Workload::Outputs => "item of an `Output`".to_owned(),
            Workload::Event(clients) => format!("event to each of {clients}"),
            Workload::Connect => "connect and first reply".to_owned(),
            Workload::Idle(clients) => format!("idle memory per connection ({clients})"),
        }
    }

    /// What it is called on the command line.
    pub fn key(self) -> String {
        match self {
            Workload::Calls(clients, window) => format!("{clients}x{window}"),
            Workload::Large => "large".to_owned(),
            Workload::Stream => "stream".to_owned(),
            Workload::Outputs => "output".to_owned(),
            Workload::Event(clients) => format!("event-{clients}"),
            Workload::Connect => "connect".to_owned(),
            Workload::Idle(_) => "idle".to_owned(),
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
    /// Those of the sockets and of the server's process.
    pub async fn measure(self, peer: Peer, scale: f64) -> io::Result<f64> {
        let mut server = Server::start(peer, "0")?;
        let times = |count: f64| (count * scale).max(8.0) as u64;
        match self {
            Workload::Calls(count, window) => {
                let mut clients = connect(peer, &server, count).await?;
                let each = times(if window == 1 { 20_000.0 } else { 200_000.0 } / count as f64);
                calls(&mut clients, &Ask::Say, each / 10 + 1, window).await?;
                let before = server.used()?;
                calls(&mut clients, &Ask::Say, each, window).await?;
                Ok(per(&mut server, before.cpu_nanos, each * count as u64)?)
            }
            Workload::Large => {
                let mut clients = connect(peer, &server, 1).await?;
                let (ask, total) = (Ask::Echo(large()), times(400.0));
                calls(&mut clients, &ask, total / 10 + 1, 1).await?;
                let before = server.used()?;
                calls(&mut clients, &ask, total, 1).await?;
                Ok(per(&mut server, before.cpu_nanos, total)?)
            }
            Workload::Stream => items(peer, &mut server, Ask::Count, times(200_000.0)).await,
            Workload::Outputs => items(peer, &mut server, Ask::Report, times(200_000.0)).await,
            Workload::Event(count) => {
                let mut clients = connect(peer, &server, count).await?;
                let events = times(200_000.0 / count as f64) as u32;
                tell(&mut clients, events / 10 + 1).await?;
                let before = server.used()?;
                tell(&mut clients, events).await?;
                Ok(per(&mut server, before.cpu_nanos, u64::from(events) * count as u64)?)
            }
            Workload::Connect => {
                let total = times(2_000.0);
                come_and_go(peer, &server, 0, total / 10 + 1).await?;
                let before = server.used()?;
                come_and_go(peer, &server, total, total).await?;
                Ok(per(&mut server, before.cpu_nanos, total)?)
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

async fn connect(peer: Peer, server: &Server, count: usize) -> io::Result<Vec<Client>> {
    let mut clients = Vec::with_capacity(count);
    for connection in 0..count {
        clients.push(Client::connect(peer, server.port, connection).await?);
    }
    Ok(clients)
}

async fn calls(clients: &mut [Client], ask: &Ask, each: u64, window: u64) -> io::Result<()> {
    try_join_all(clients.iter_mut().map(|client| client.calls(ask, each, window))).await?;
    Ok(())
}

/// Reads a stream to its last item. Where a stream's end is told, the reply counts it.
async fn items(
    peer: Peer,
    server: &mut Server,
    ask: fn(u32) -> Ask,
    total: u64,
) -> io::Result<f64> {
    let mut client = Client::connect(peer, server.port, 0).await?;
    let mut read = async |total: u64| -> io::Result<()> {
        client.ask(&ask(total as u32));
        let mut left = total;
        while left > 0 {
            if client.next().await? == Heard::Item {
                left -= 1;
            }
        }
        client.flush().await
    };
    read(total / 10 + 1).await?;
    let before = server.used()?;
    read(total).await?;
    per(server, before.cpu_nanos, total)
}

/// One event after the other, each when all have heard the one before.
async fn tell(clients: &mut [Client], events: u32) -> io::Result<()> {
    for n in 0..events {
        if let Some(first) = clients.first_mut() {
            first.ask(&Ask::Tell(n));
            first.flush().await?;
        }
        for client in &mut *clients {
            while client.next().await? != Heard::Event {}
            client.flush().await?;
        }
    }
    Ok(())
}

async fn come_and_go(peer: Peer, server: &Server, from: u64, count: u64) -> io::Result<()> {
    for connection in from..from + count {
        let mut client = Client::connect(peer, server.port, connection as usize).await?;
        client.calls(&Ask::Say, 1, 1).await?;
    }
    Ok(())
}
