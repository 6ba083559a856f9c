//! One-time codes: what a link carries instead of the token.
//!
//! A link is shown on a terminal, kept in a history and read over shoulders; a code in it is good
//! for one exchange, the token for ever.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::session::secret;

/// Random bytes of a code.
const CODE_BYTES: usize = 16;

/// So many codes may wait for their exchange; with another, the oldest is forgotten.
const MOST_CODES: usize = 16;

/// So many wrong codes are heard within a [`SPAN`].
const MOST_WRONG: u32 = 16;

/// How long no code is heard at most after too many wrong ones.
const SPAN: Duration = Duration::from_secs(60);

/// The codes that were not exchanged yet.
#[derive(Default)]
pub(crate) struct Codes(Mutex<Table>);

#[derive(Default)]
struct Table {
    waiting: VecDeque<String>,
    wrong: u32,
    /// When the first of the wrong ones was heard.
    since: Option<Instant>,
}

/// What is said to a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// It is one; it is none any more.
    Right,
    /// It is none.
    Wrong,
    /// Nothing is heard until so much time has passed.
    NotNow(Duration),
}

impl Codes {
    /// A new code.
    ///
    /// # Errors
    ///
    /// `internal` when the system has no randomness to give.
    pub(crate) fn make(&self) -> Result<String, Error> {
        let code = secret::random::<CODE_BYTES>()?;
        let mut table = self.table();
        if table.waiting.len() >= MOST_CODES {
            table.waiting.pop_front();
        }
        table.waiting.push_back(code.clone());
        Ok(code)
    }

    /// Hears a code that somebody shows.
    pub(super) fn hear(&self, code: &str, now: Instant) -> Heard {
        let mut table = self.table();
        let passed = table.since.map(|since| now.saturating_duration_since(since));
        if passed.is_some_and(|passed| passed >= SPAN) {
            (table.wrong, table.since) = (0, None);
        } else if table.wrong >= MOST_WRONG {
            return Heard::NotNow(SPAN - passed.unwrap_or_default());
        }
        // All are compared, so that the time does not say which it is close to.
        let mut found = None;
        for (index, waiting) in table.waiting.iter().enumerate() {
            if secret::is_same(waiting, code) {
                found = Some(index);
            }
        }
        if let Some(index) = found {
            table.waiting.remove(index);
            return Heard::Right;
        }
        table.wrong += 1;
        table.since.get_or_insert(now);
        Heard::Wrong
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl std::fmt::Debug for Codes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Codes({})", self.table().waiting.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_good_for_one_exchange() {
        let (codes, now) = (Codes::default(), Instant::now());
        let (first, second) = (codes.make().expect("a code"), codes.make().expect("a code"));
        assert_eq!(codes.hear(&second, now), Heard::Right);
        assert_eq!(codes.hear(&second, now), Heard::Wrong);
        assert_eq!(codes.hear(&first, now), Heard::Right);
        assert_eq!(codes.hear("", now), Heard::Wrong);
    }

    #[test]
    fn the_oldest_code_makes_room() {
        let (codes, now) = (Codes::default(), Instant::now());
        let all: Vec<_> = (0..=MOST_CODES).map(|_| codes.make().expect("a code")).collect();
        assert_eq!(codes.hear(&all[0], now), Heard::Wrong);
        assert_eq!(codes.hear(&all[1], now), Heard::Right);
        assert_eq!(codes.hear(&all[MOST_CODES], now), Heard::Right);
    }

    #[test]
    fn after_too_many_wrong_codes_none_is_heard_for_a_while() {
        let (codes, start) = (Codes::default(), Instant::now());
        let code = codes.make().expect("a code");
        for _ in 0..MOST_WRONG {
            assert_eq!(codes.hear("wrong", start), Heard::Wrong);
        }
        let later = start + Duration::from_secs(20);
        assert_eq!(codes.hear(&code, later), Heard::NotNow(Duration::from_secs(40)));
        assert_eq!(codes.hear(&code, start + SPAN), Heard::Right);
    }

    #[test]
    fn codes_are_never_shown_by_debug() {
        let codes = Codes::default();
        let code = codes.make().expect("a code");
        assert!(!format!("{codes:?}").contains(&code));
    }
}
