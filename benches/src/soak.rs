//! A soak: millions of calls, streams that are left half-way, thousands of reconnects; and memory.

use std::io;

use tokio::runtime::Runtime;

use crate::client::{Came, Client};
use crate::dialect::{Ask, Peer};
use crate::options::Options;
use crate::report::Report;
use crate::server::Server;
use crate::workload::{calls, connect};

/// Clients that stay, and come back when their socket is gone.
const CLIENTS: u64 = 8;

/// What each of them does in a round.
const CALLS: u64 = 25_000;
const STREAMS: u64 = 25;
const RECONNECTS: u64 = 10;

/// Clients that come once in a round, make a call, and never come back: the server keeps their
/// sessions for the grace period, ten seconds.
const STRANGERS: u64 = 50;

/// Rounds of a thorough soak. The sessions of strangers are as many after ten seconds as they get, and
/// the memory that was taken for them has settled when half of the rounds are over.
const ROUNDS: f64 = 192.0;

/// By how much more memory may be in use at the end than half-way, where all that is bounded has
/// long reached its bound.
const GROWTH: f64 = 1.05;

/// Soaks a server; a table of its memory as it went.
pub fn measure(options: &Options, runtime: &Runtime) -> Report {
    let rounds = (ROUNDS * options.scale).ceil() as u64;
    let columns =
        ["after calls", "streams left half-way", "reconnects", "strangers", "MiB resident"];
    let mut report = Report::new("soak", &columns);
    match runtime.block_on(soak(rounds)) {
        Ok(resident) => {
            for (round, bytes) in (1..).zip(&resident) {
                if round % (rounds / 8).max(1) == 0 {
                    let counts =
                        [CLIENTS * CALLS, CLIENTS * STREAMS, CLIENTS * RECONNECTS, STRANGERS];
                    let mut cells = counts.map(|count| (count * round).to_string()).to_vec();
                    cells.push(format!("{:.1}", *bytes / f64::from(1 << 20)));
                    report.row(&cells);
                }
            }
            let most = |bytes: &[f64]| bytes.iter().copied().fold(0.0, f64::max);
            let (before, after) = resident.split_at(resident.len() / 2);
            let growth = most(after) / most(before);
            report.is_kept = growth <= GROWTH;
            report.table +=
                &format!("\n\nMost of the second half beside most of the first: {growth:.3}.");
        }
        Err(error) => {
            eprintln!("soak: {error}");
            report.is_kept = false;
        }
    }
    report
}

/// The resident bytes after each round.
async fn soak(rounds: u64) -> io::Result<Vec<f64>> {
    let mut server = Server::start(Peer::Igor, "0")?;
    let mut clients = connect(Peer::Igor, &server, CLIENTS).await?;
    let mut resident = Vec::new();
    let mut strangers = CLIENTS;
    for _round in 0..rounds {
        calls(&mut clients, &Ask::Say, CALLS, 16).await?;
        for client in &mut clients {
            for _ in 0..STREAMS {
                leave_half_way(client).await?;
            }
        }
        for _ in 0..RECONNECTS {
            let mut back = Vec::new();
            for mut client in clients {
                // What is under way is lost with the page.
                client.items(&Ask::Count(1_000_000), 100).await?;
                client.ask(&Ask::Wait);
                client.flush().await?;
                let mut client = client.again(server.port).await?;
                client.calls(&Ask::Say, 10, 10).await?;
                back.push(client);
            }
            clients = back;
        }
        for _ in 0..STRANGERS {
            strangers += 1;
            let mut stranger = Client::connect(Peer::Igor, server.port, strangers).await?;
            stranger.calls(&Ask::Say, 1, 1).await?;
        }
        resident.push(server.used()?.resident_bytes as f64);
    }
    Ok(resident)
}

async fn leave_half_way(client: &mut Client) -> io::Result<()> {
    let id = client.items(&Ask::Count(1_000_000), 100).await?;
    client.cancel(id);
    while client.next().await? != Came::Reply(id) {}
    Ok(())
}
