//! One-time codes: what a link carries instead of the token.
//!
//! A link is shown on a terminal, kept in a history and read over shoulders; a code in it is good
//! for one exchange, the token for ever. Nobody guesses 128 random bits, so wrong codes are not
//! counted: with a limit on them, anybody could shut others out by sending some.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};

use crate::error::Error;
use crate::session::secret;

/// Random bytes of a code.
const CODE_BYTES: usize = 16;

/// So many codes may wait for their exchange; with another, the oldest is forgotten.
const MOST_CODES: usize = 16;

/// The codes that were not exchanged yet.
#[derive(Default)]
pub(crate) struct Codes(Mutex<VecDeque<String>>);

impl Codes {
    /// A new code.
    ///
    /// # Errors
    ///
    /// `internal` when the system has no randomness to give.
    pub(crate) fn make(&self) -> Result<String, Error> {
        let code = secret::random::<CODE_BYTES>()?;
        let mut waiting = self.waiting();
        if waiting.len() >= MOST_CODES {
            waiting.pop_front();
        }
        waiting.push_back(code.clone());
        Ok(code)
    }

    /// Takes a code, if it is one that waits; it is not valid a second time.
    pub(super) fn take(&self, code: &str) -> bool {
        let mut waiting = self.waiting();
        // All are compared, so that the time does not say which it is close to.
        let mut found = None;
        for (index, waiting) in waiting.iter().enumerate() {
            if secret::is_same(waiting, code) {
                found = Some(index);
            }
        }
        found.and_then(|index| waiting.remove(index)).is_some()
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl std::fmt::Debug for Codes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Codes({})", self.waiting().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_good_for_one_exchange() {
        let codes = Codes::default();
        let (first, second) = (codes.make().expect("a code"), codes.make().expect("a code"));
        assert!(codes.take(&second));
        assert!(!codes.take(&second));
        assert!(codes.take(&first));
        assert!(!codes.take(""));
    }

    #[test]
    fn the_oldest_code_makes_room() {
        let codes = Codes::default();
        let all: Vec<_> = (0..=MOST_CODES).map(|_| codes.make().expect("a code")).collect();
        assert!(!codes.take(&all[0]));
        assert!(codes.take(&all[1]));
        assert!(codes.take(&all[MOST_CODES]));
    }

    #[test]
    fn wrong_codes_do_not_shut_out_the_right_one() {
        let codes = Codes::default();
        let code = codes.make().expect("a code");
        for _ in 0..1_000 {
            assert!(!codes.take("wrong"));
        }
        assert!(codes.take(&code));
    }

    #[test]
    fn codes_are_never_shown_by_debug() {
        let codes = Codes::default();
        let code = codes.make().expect("a code");
        assert!(!format!("{codes:?}").contains(&code));
    }
}
