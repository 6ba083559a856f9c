//! Curves: what an operation costs as there is more of something.

use tokio::runtime::Runtime;

use crate::dialect::Peer;
use crate::options::Options;
use crate::report::Report;
use crate::rounds::{Rounds, digits};
use crate::workload::Workload;

/// How much faster than that of the hand-written loop a curve may rise.
const STEEPER: f64 = 1.3;

/// How much dearer a unit may be where there are ten times as many, or more; were something
/// quadratic, it would be about ten times as dear.
const DEARER: f64 = 2.0;

/// How often a curve is measured: its noise is small beside its bounds, and its points are many.
fn rounds(options: &Options) -> usize {
    if options.rounds > 3 { 3 } else { 1 }
}

/// A small call with more connections and with more calls in flight, beside the hand-written loop.
pub fn growth(options: &Options, runtime: &Runtime) -> Report {
    let connections = [1, 10, 100, 1_000, 10_000].map(|count| Workload::Calls(count, 1));
    let in_flight = [1, 10, 100, 1_000].map(|window| Workload::Calls(1, window));
    let mut report = Report::new(
        "growth",
        &["a call with", "igor, µs", "hand-written loop, µs", "igor / loop", "beside 1 × 1"],
    );
    for curve in [&connections[..], &in_flight[..]] {
        let what: Vec<_> = curve
            .iter()
            .flat_map(|workload| [(*workload, Peer::Igor), (*workload, Peer::HandWritten)])
            .collect();
        let measured = Rounds::measure(&what, options.scale, rounds(options), runtime);
        let share = |pair: &[Rounds], value: fn(&Rounds) -> Option<f64>| {
            Some(value(&pair[0])? / value(&pair[1])?)
        };
        // Both begin with the same point.
        let known = if report.has_rows() { 1 } else { 0 };
        for (workload, pair) in curve.iter().zip(measured.chunks(2)).skip(known) {
            let steeper = |value: fn(&Rounds) -> Option<f64>| {
                Some(share(pair, value)? / share(&measured[..2], value)?)
            };
            let bound = report.bound(steeper(Rounds::median), steeper(Rounds::best), STEEPER);
            let ratio = share(pair, Rounds::median).map_or("–".to_owned(), digits);
            report.row(&[
                workload.key().replace('x', " × "),
                pair[0].cell(1000.0),
                pair[1].cell(1000.0),
                ratio,
                bound,
            ]);
        }
    }
    report
}

/// What one unit costs igor as there are more: clients of an event, rooms, open calls, and bytes.
pub fn units(options: &Options, runtime: &Runtime) -> Report {
    let curves: [(&str, [Workload; 3], [f64; 3]); 4] = [
        (
            "an event, for each of 50, 500 and 5,000 clients",
            [50, 500, 5_000].map(Workload::Event),
            [1.0; 3],
        ),
        (
            "an event for a room, of a client in 1, 100 and 10,000",
            [1, 100, 10_000].map(Workload::Rooms),
            [1.0; 3],
        ),
        (
            "a call beside 10, 100 and 1,000 that wait",
            [10, 100, 1_000].map(Workload::Waiting),
            [1.0; 3],
        ),
        (
            "each KiB there and back, of about 1, 10 and 100",
            [10, 100, 1_000].map(Workload::Echo),
            [1.0, 10.0, 100.0],
        ),
    ];
    let mut report =
        Report::new("units", &["igor, µs", "few", "more", "many", "dearest / cheapest before"]);
    for (name, workloads, sizes) in curves {
        let what = workloads.map(|workload| (workload, Peer::Igor));
        let measured = Rounds::measure(&what, options.scale, rounds(options), runtime);
        let each = |value: fn(&Rounds) -> Option<f64>| -> Option<Vec<f64>> {
            let units = measured.iter().zip(sizes);
            units.map(|(rounds, size)| Some(value(rounds)? / size)).collect()
        };
        let dearer = |value| {
            let each = each(value)?;
            Some((each[1] / each[0]).max(each[2] / each[0].min(each[1])))
        };
        let bound = report.bound(dearer(Rounds::median), dearer(Rounds::best), DEARER);
        let cells = measured.iter().zip(sizes).map(|(rounds, size)| rounds.cell(1000.0 * size));
        let cells: Vec<_> = [name.to_owned()].into_iter().chain(cells).chain([bound]).collect();
        report.row(&cells);
    }
    report
}

/// What one client that reads nothing costs all others.
pub fn slow(options: &Options, runtime: &Runtime) -> Report {
    let what = [Workload::Event(1000), Workload::EventBesideSlow(1000)]
        .map(|workload| (workload, Peer::Igor));
    let measured = Rounds::measure(&what, options.scale, options.rounds, runtime);
    let ratio =
        |value: fn(&Rounds) -> Option<f64>| Some(value(&measured[1])? / value(&measured[0])?);
    let columns = ["igor, µs", "all of 1,000 read", "one of them reads nothing", "ratio"];
    let mut report = Report::new("slow", &columns);
    let bound = report.bound(ratio(Rounds::median), ratio(Rounds::best), 1.1);
    let [reading, slow] = [0, 1].map(|index| measured[index].cell(1000.0));
    report.row(&["an event, for each".to_owned(), reading, slow, bound]);
    report
}
