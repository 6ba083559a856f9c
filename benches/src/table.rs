//! The table: igor beside its peers, and what it may take of what they take.

use tokio::runtime::Runtime;

use crate::dialect::Peer;
use crate::options::Options;
use crate::report::Report;
use crate::rounds::Rounds;
use crate::workload::Workload;

/// How much igor may take of what a peer takes.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// What is measured.
    pub workload: Workload,
    /// In words.
    name: &'static str,
    /// Beside the hand-written loop, or the bare sends.
    plain: f64,
    /// Beside jsonrpsee.
    jsonrpsee: f64,
}

/// What has to hold.
pub const TARGETS: [Target; 11] = {
    const fn target(workload: Workload, name: &'static str, plain: f64, jsonrpsee: f64) -> Target {
        Target { workload, name, plain, jsonrpsee }
    }
    [
        target(Workload::Calls(1, 1), "1 connection × 1 in flight", 0.90, 0.80),
        target(Workload::Calls(1, 64), "1 connection × 64 in flight", 0.42, 0.22),
        target(Workload::Calls(50, 16), "50 connections × 16 in flight", 0.38, 0.22),
        target(Workload::Echo(1000), "100 KiB of JSON, there and back", 0.90, 0.60),
        target(Workload::Streams(100), "item of a stream of 100", 1.5, 0.08),
        target(Workload::Stream, "item of a stream without end", 1.5, 0.08),
        target(Workload::Outputs, "item of an `Output`", 3.0, 0.15),
        target(Workload::Event(1000), "event to each of 1,000", 1.20, 0.55),
        target(Workload::Event(5000), "event to each of 5,000", 1.20, 0.55),
        target(Workload::Connect, "connect and first reply", 1.0, 1.5),
        target(Workload::Idle(1000), "idle memory per connection, KiB", 0.08, 0.5),
    ]
};

impl Target {
    /// The peer that does the same with nothing on top.
    fn plain_peer(&self) -> Peer {
        match self.workload {
            Workload::Event(_) => Peer::BareSends,
            _ => Peer::HandWritten,
        }
    }
}

/// Measures the table; each row is printed as soon as it is there.
pub fn measure(options: &Options, runtime: &Runtime) -> Report {
    let mut report = Report::new(
        "table",
        &[
            "server time per operation, µs",
            "igor",
            "hand-written loop, bare sends",
            "jsonrpsee",
            "socketioxide",
            "igor / plain",
            "igor / jsonrpsee",
        ],
    );
    for target in TARGETS.iter().filter(|target| options.has_workload(&target.workload.key())) {
        let all = [Peer::Igor, target.plain_peer(), Peer::Jsonrpsee, Peer::Socketioxide];
        let peers: Vec<_> = all.into_iter().filter(|peer| options.has_server(*peer)).collect();
        let what: Vec<_> = peers.iter().map(|peer| (target.workload, *peer)).collect();
        let measured = Rounds::measure(&what, options, options.rounds, runtime);
        let of = |peer: Peer| {
            let index = peers.iter().position(|of| *of == peer);
            index.map_or_else(Rounds::default, |index| measured[index].clone())
        };
        let unit = if target.workload.is_memory() { 1024.0 } else { 1000.0 };
        let mut cells = vec![target.name.to_owned()];
        cells.extend(all.map(|peer| of(peer).cell(unit)));
        for (peer, most) in [(all[1], target.plain), (Peer::Jsonrpsee, target.jsonrpsee)] {
            let is_asked = options.has_server(peer) && options.has_server(Peer::Igor);
            let ratio = |of_rounds: fn(&Rounds) -> Option<f64>| {
                Some(of_rounds(&of(Peer::Igor))? / of_rounds(&of(peer))?)
            };
            cells.push(if is_asked {
                report.bound(ratio(Rounds::median), ratio(Rounds::best), most)
            } else {
                "–".to_owned()
            });
        }
        report.row(&cells);
        options.progress(&report);
    }
    report
}
