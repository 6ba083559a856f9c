//! How calls ended, counted.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::Code;

/// A value or the end of a stream comes first, then every code in its order.
const COUNT: usize = 1 + Code::ALL.len();

/// Counts calls by how they ended: one addition each, without a lock.
#[derive(Debug, Default)]
pub(crate) struct Outcomes([AtomicU64; COUNT]);

impl Outcomes {
    /// A call ended with this code, or with success where there is none.
    pub(crate) fn count(&self, code: Option<Code>) {
        self.0[place(code)].fetch_add(1, Ordering::Relaxed);
    }

    /// How many calls ended in each way, where any did.
    pub(crate) fn counted(&self) -> Vec<(Option<Code>, u64)> {
        let all = std::iter::once(None).chain(Code::ALL.into_iter().map(Some));
        let counted = all.map(|code| (code, self.0[place(code)].load(Ordering::Relaxed)));
        counted.filter(|(_, count)| *count > 0).collect()
    }
}

fn place(code: Option<Code>) -> usize {
    code.map_or(0, |code| 1 + code as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_has_a_place_of_its_own() {
        let outcomes = Outcomes::default();
        outcomes.count(None);
        for code in Code::ALL {
            outcomes.count(Some(code));
        }
        let counted = outcomes.counted();
        assert_eq!(counted.len(), COUNT);
        assert!(counted.iter().all(|(_, count)| *count == 1), "{counted:?}");
    }
}
