//! The table: igor beside its peers.

use tokio::runtime::Runtime;

use crate::dialect::Peer;
use crate::options::Options;
use crate::report::Report;
use crate::rounds::Rounds;
use crate::target::TARGETS;

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
        let measured = Rounds::measure(&what, options.scale, options.rounds, runtime);
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
        report.tell_last();
    }
    report
}
