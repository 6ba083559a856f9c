//! A second core: how many calls go through when the server has both, beside one.

use std::io;
use std::process::Command;
use std::time::Instant;

use tokio::runtime::Runtime;

use crate::command::succeed;
use crate::dialect::{Ask, Peer, json};
use crate::options::Options;
use crate::report::Report;
use crate::rounds::Rounds;
use crate::server::Server;
use crate::workload::{calls, connect};

/// With two processors in all, the driver takes its share of the second one.
const BOTH: &str = "0,1";

/// Measures calls per second, the driver beside the server on the second core and then among it.
pub fn measure(options: &Options, runtime: &Runtime) -> Report {
    let columns =
        ["thousand calls per second", "server on one core", "server and driver on both", "gain"];
    let mut report = Report::new("cores", &columns);
    let small = ("a small call, 50 × 16", Ask::Say, 50, 16, 400_000.0);
    let large = ("10 KiB there and back, 16 × 4", Ask::Echo(json(100)), 16, 4, 40_000.0);
    for (name, ask, clients, window, total) in [small, large] {
        let each = (total * options.scale) as u64 / clients;
        let mut measured = [Rounds::default(), Rounds::default()];
        for _round in 0..options.rounds {
            for (rounds, processors) in measured.iter_mut().zip(["0", BOTH]) {
                let run = throughput(&ask, clients, each, window, processors);
                match runtime.block_on(run) {
                    Ok(throughput) => rounds.push(throughput),
                    Err(error) => eprintln!("{name}, on {processors}: {error}"),
                }
            }
        }
        let [one, both] = &measured;
        let gain = both.median().zip(one.median()).map(|(both, one)| both / one);
        // The best round of a rate is its most.
        let best = both.worst().zip(one.worst()).map(|(both, one)| both / one);
        report.is_kept &= best.is_some_and(|gain| gain > 1.0);
        let gain = gain.map_or("–".to_owned(), |gain| format!("{gain:.2}"));
        report.row(&[name.to_owned(), one.cell(1000.0), both.cell(1000.0), gain]);
    }
    report
}

async fn throughput(
    ask: &Ask,
    clients: u64,
    each: u64,
    window: u64,
    processors: &str,
) -> io::Result<f64> {
    run_on(if processors == BOTH { BOTH } else { "1" })?;
    let server = Server::start(Peer::Igor, processors)?;
    let mut connected = connect(Peer::Igor, &server, clients).await?;
    calls(&mut connected, ask, each / 10 + 1, window).await?;
    let begun = Instant::now();
    calls(&mut connected, ask, each, window).await?;
    let taken = begun.elapsed().as_secs_f64();
    run_on("1")?;
    Ok((each * clients) as f64 / taken)
}

/// Has this process run on these processors from now on.
fn run_on(processors: &str) -> io::Result<()> {
    let own = std::process::id().to_string();
    succeed(Command::new("taskset").args(["--cpu-list", "--pid", processors, &own]))
}
