//! How often, and how many at once, a client calls the actions that bound it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use tokio::time::Instant;

/// When a client may try again that has as many calls running as it may.
const RETRY_BUSY: Duration = Duration::from_millis(100);

/// A number of calls in a span of time: as many at once after a pause, and from then on evenly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// The number of calls; at least 1.
    pub calls: u32,
    /// The span of time.
    pub per: Duration,
}

/// What one client has called, by the names of the actions; only those that have a bound are here,
/// so that it stays as small as the program's list of them.
#[derive(Debug, Default)]
pub(crate) struct Usage(Mutex<HashMap<&'static str, Used>>);

/// What was called of one action.
#[derive(Debug, Default)]
struct Used {
    /// Calls that run.
    running: u32,
    /// When the calls so far would have ended, had they come evenly.
    even: Option<Instant>,
}

/// Why a call may not be made now.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Exceeded {
    /// As many calls run already as may.
    Concurrency { most: u32, retry_after: Duration },
    /// There were too many calls.
    Rate { rate: Rate, retry_after: Duration },
}

impl Usage {
    /// Begins a call, which [`end`](Usage::end) ends, or says why not; one that may not be made
    /// does not count.
    pub(crate) fn begin(
        &self,
        action: &'static str,
        concurrency: Option<u32>,
        rate: Option<Rate>,
        now: Instant,
    ) -> Result<(), Exceeded> {
        let mut table = self.table();
        let used = table.entry(action).or_default();
        if let Some(most) = concurrency.filter(|most| used.running >= *most) {
            return Err(Exceeded::Concurrency { most, retry_after: RETRY_BUSY });
        }
        if let Some(rate) = rate {
            used.even = Some(rate.next(used.even, now)?);
        }
        used.running += 1;
        Ok(())
    }

    /// Ends a call.
    pub(crate) fn end(&self, action: &'static str) {
        if let Some(used) = self.table().get_mut(action) {
            used.running = used.running.saturating_sub(1);
        }
    }

    fn table(&self) -> MutexGuard<'_, HashMap<&'static str, Used>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Rate {
    /// Until when a call now fills the time, where those before it did until `even`.
    fn next(self, even: Option<Instant>, now: Instant) -> Result<Instant, Exceeded> {
        let each = self.per / self.calls.max(1);
        let even = even.map_or(now, |even| even.max(now));
        // As many as fit into the time may come at once.
        let ahead = (even - now).saturating_sub(self.per - each);
        if ahead.is_zero() {
            return Ok(even + each);
        }
        // Whole milliseconds are what the wire has; rounded down they would be too early.
        let millis = ahead.as_nanos().div_ceil(1_000_000);
        let retry_after = Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX));
        Err(Exceeded::Rate { rate: self, retry_after })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN: Rate = Rate { calls: 10, per: Duration::from_secs(1) };
    const MILLIS_100: Duration = Duration::from_millis(100);

    /// How many calls of an action may be made at once.
    fn burst(usage: &Usage, rate: Rate, now: Instant) -> u32 {
        let may = |_: &u32| usage.begin("a", None, Some(rate), now).is_ok();
        u32::try_from((0..100).take_while(may).count()).expect("at most 100")
    }

    #[test]
    fn a_rate_lets_so_many_pass_at_once_and_then_evenly() {
        let (usage, start) = (Usage::default(), Instant::now());
        assert_eq!(burst(&usage, TEN, start), 10);
        let refused = usage.begin("a", None, Some(TEN), start);
        assert_eq!(refused, Err(Exceeded::Rate { rate: TEN, retry_after: MILLIS_100 }));
        assert_eq!(usage.begin("b", None, Some(TEN), start), Ok(()), "another action");
        assert_eq!(burst(&usage, TEN, start + MILLIS_100), 1);
        assert_eq!(burst(&usage, TEN, start + MILLIS_100 * 4), 3);
        assert_eq!(burst(&usage, TEN, start + MILLIS_100 * 1000), 10, "no more after a long pause");
    }

    #[test]
    fn whoever_waits_as_long_as_was_said_gets_in() {
        for calls in [1, 3, 7, 1_000] {
            let rate = Rate { calls, per: Duration::from_secs(1) };
            let (usage, mut now) = (Usage::default(), Instant::now());
            for _ in 0..3 * calls {
                if let Err(exceeded) = usage.begin("a", None, Some(rate), now) {
                    let Exceeded::Rate { retry_after, .. } = exceeded else { panic!("a rate") };
                    now += retry_after;
                    assert_eq!(usage.begin("a", None, Some(rate), now), Ok(()), "{calls} a second");
                }
            }
        }
    }

    #[test]
    fn so_many_calls_run_at_once_and_a_refused_one_does_not_count() {
        let (usage, now) = (Usage::default(), Instant::now());
        let rate = Some(Rate { calls: 3, ..TEN });
        assert_eq!(usage.begin("a", Some(2), rate, now), Ok(()));
        assert_eq!(usage.begin("a", Some(2), rate, now), Ok(()));
        for _ in 0..5 {
            let busy = Exceeded::Concurrency { most: 2, retry_after: RETRY_BUSY };
            assert_eq!(usage.begin("a", Some(2), rate, now), Err(busy));
        }
        usage.end("a");
        assert_eq!(usage.begin("a", Some(2), rate, now), Ok(()), "the third within the rate");
    }
}
