//! The table: medians with their range, and ratios to the peers.

use crate::dialect::Peer;
use crate::workload::Workload;

/// The values of all rounds of one server under one workload.
#[derive(Clone, Debug, Default)]
pub struct Rounds(Vec<f64>);

impl Rounds {
    /// Takes in a round.
    pub fn push(&mut self, value: f64) {
        self.0.push(value);
        self.0.sort_by(f64::total_cmp);
    }

    /// The middle one.
    pub fn median(&self) -> Option<f64> {
        self.0.get(self.0.len() / 2).copied()
    }

    /// The least.
    pub fn best(&self) -> Option<f64> {
        self.0.first().copied()
    }

    /// The most.
    pub fn worst(&self) -> Option<f64> {
        self.0.last().copied()
    }
}

/// How much igor may take of what a peer takes.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// What is measured.
    pub workload: Workload,
    /// Beside the hand-written loop, or the bare sends.
    pub plain: f64,
    /// Beside jsonrpsee.
    pub jsonrpsee: f64,
}

/// What has to hold.
pub const TARGETS: [Target; 10] = {
    const fn target(workload: Workload, plain: f64, jsonrpsee: f64) -> Target {
        Target { workload, plain, jsonrpsee }
    }
    [
        target(Workload::Calls(1, 1), 0.90, 0.80),
        target(Workload::Calls(1, 64), 0.42, 0.22),
        target(Workload::Calls(50, 16), 0.38, 0.22),
        target(Workload::Large, 0.90, 0.60),
        target(Workload::Stream, 1.5, 0.08),
        target(Workload::Outputs, 3.0, 0.15),
        target(Workload::Event(1000), 1.20, 0.55),
        target(Workload::Event(5000), 1.20, 0.55),
        target(Workload::Connect, 1.0, 1.5),
        target(Workload::Idle(1000), 0.08, 0.5),
    ]
};

impl Target {
    /// The peer that does the same with nothing on top.
    pub fn plain_peer(&self) -> Peer {
        match self.workload {
            Workload::Event(_) => Peer::BareSends,
            _ => Peer::HandWritten,
        }
    }

    /// The servers that are measured.
    pub fn peers(&self) -> Vec<Peer> {
        vec![Peer::Igor, self.plain_peer(), Peer::Jsonrpsee, Peer::Socketioxide]
    }

    /// A row of the table; and whether the best rounds keep to the targets.
    pub fn row(&self, rounds: &[(Peer, Rounds)]) -> (String, bool) {
        let of = |peer: Peer| rounds.iter().find(|(of, _)| *of == peer).map(|(_, rounds)| rounds);
        let ratio = |peer: Peer, value: fn(&Rounds) -> Option<f64>| {
            Some(of(Peer::Igor).and_then(value)? / of(peer).and_then(value)?)
        };
        let cell = |peer: Peer| {
            let unit = if self.workload.is_memory() { 1024.0 } else { 1000.0 };
            of(peer).and_then(|rounds| {
                let [median, best, worst] = [rounds.median()?, rounds.best()?, rounds.worst()?];
                let [median, best, worst] = [median / unit, best / unit, worst / unit];
                Some(format!("{median:.2} ({best:.2}–{worst:.2})"))
            })
        };
        let cell = |peer| cell(peer).unwrap_or_else(|| "–".to_owned());
        let share = |peer: Peer, most: f64| {
            let median = ratio(peer, Rounds::median);
            let is_kept = ratio(peer, Rounds::best).is_none_or(|best| best <= most);
            let sign = if is_kept { "≤" } else { "**over**" };
            (median.map_or("–".to_owned(), |median| format!("{median:.2} {sign} {most}")), is_kept)
        };
        let (plain, keeps_plain) = share(self.plain_peer(), self.plain);
        let (jsonrpsee, keeps_jsonrpsee) = share(Peer::Jsonrpsee, self.jsonrpsee);
        let row = format!(
            "| {} | {} | {} | {} | {} | {plain} | {jsonrpsee} |",
            self.workload.name(),
            cell(Peer::Igor),
            cell(self.plain_peer()),
            cell(Peer::Jsonrpsee),
            cell(Peer::Socketioxide),
        );
        (row, keeps_plain && keeps_jsonrpsee)
    }
}

/// The head of the table.
pub const HEAD: &str = "\
| server time per operation, µs; memory in KiB | igor | hand-written loop, bare sends | jsonrpsee | socketioxide | igor / plain | igor / jsonrpsee |
|---|---|---|---|---|---|---|";
