//! Credit: how many items the other end is ready to take.

use std::sync::Arc;

use tokio::sync::{Semaphore, SemaphorePermit};

/// The most credit that is kept: far more than is ever used, and as much as a semaphore holds on
/// machines of 32 bits, too.
const MOST_ITEMS: usize = Semaphore::MAX_PERMITS >> 1;

/// The credit of one stream; clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Credit(Option<Arc<Semaphore>>);

/// The stream is over and takes nothing more.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Over;

impl Credit {
    /// The credit to begin with; `None` for no bound.
    pub(crate) fn new(start: Option<u32>) -> Self {
        Credit(start.map(|items| Arc::new(Semaphore::new(MOST_ITEMS.min(items as usize)))))
    }

    /// Uses the credit of one item if there is any; says whether there was.
    pub(crate) fn take_at_once(&self) -> bool {
        let Some(items) = &self.0 else { return true };
        items.try_acquire().map(SemaphorePermit::forget).is_ok()
    }

    /// Waits for the credit of one item and uses it.
    pub(crate) async fn take(&self) -> Result<(), Over> {
        if let Some(items) = &self.0 {
            items.acquire().await.map_err(|_| Over)?.forget();
        }
        Ok(())
    }

    /// Gives credit for more items.
    pub(crate) fn grant(&self, more: u32) {
        if let Some(items) = &self.0 {
            let room = MOST_ITEMS.saturating_sub(items.available_permits());
            items.add_permits(room.min(more as usize));
        }
    }

    /// Nothing more is taken; whoever waits gets [`Over`].
    pub(crate) fn close(&self) {
        if let Some(items) = &self.0 {
            items.close();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn an_item_waits_until_there_is_credit_for_it() {
        let credit = Credit::new(Some(1));
        assert_eq!(credit.take().now_or_never(), Some(Ok(())));
        assert_eq!(credit.take().now_or_never(), None);
        credit.grant(2);
        assert_eq!(credit.take().now_or_never(), Some(Ok(())));
        assert!(credit.take_at_once());
        assert!(!credit.take_at_once());
        assert_eq!(credit.take().now_or_never(), None);
    }

    #[test]
    fn a_closed_stream_takes_nothing() {
        let credit = Credit::new(Some(1));
        credit.close();
        assert_eq!(credit.take().now_or_never(), Some(Err(Over)));
    }

    #[test]
    fn without_a_start_there_is_no_bound_and_any_grant_is_taken() {
        assert_eq!(Credit::new(None).take().now_or_never(), Some(Ok(())));
        let credit = Credit::new(Some(u32::MAX));
        credit.grant(u32::MAX);
        assert_eq!(credit.take().now_or_never(), Some(Ok(())));
    }
}
