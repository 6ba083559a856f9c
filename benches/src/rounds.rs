//! Rounds: everything that is compared is measured in turn, again and again.

use tokio::runtime::Runtime;

use crate::dialect::Peer;
use crate::workload::Workload;

/// The values of all rounds of one server under one workload.
#[derive(Clone, Debug, Default)]
pub struct Rounds(Vec<f64>);

impl Rounds {
    /// Measures each of these in each round, at this scale; a value that could not be had is told and missing.
    pub fn measure(
        what: &[(Workload, Peer)],
        scale: f64,
        rounds: usize,
        runtime: &Runtime,
    ) -> Vec<Rounds> {
        let mut measured = vec![Rounds::default(); what.len()];
        for _round in 0..rounds {
            for ((workload, peer), rounds) in what.iter().zip(&mut measured) {
                match runtime.block_on(workload.measure(*peer, scale)) {
                    Ok(value) => rounds.push(value),
                    Err(error) => eprintln!("{}, {}: {error}", workload.key(), peer.name()),
                }
            }
        }
        measured
    }

    /// Takes in a value.
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

    /// The median and the range, in this unit.
    pub fn cell(&self, unit: f64) -> String {
        match (self.median(), self.best(), self.worst()) {
            (Some(median), Some(best), Some(worst)) => {
                let [median, best, worst] = [median, best, worst].map(|value| digits(value / unit));
                format!("{median} ({best}–{worst})")
            }
            _ => "–".to_owned(),
        }
    }
}

/// A number with three digits that count.
pub fn digits(value: f64) -> String {
    match value {
        ..9.995 => format!("{value:.2}"),
        ..99.95 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}
