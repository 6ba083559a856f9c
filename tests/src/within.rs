//! The bound of every wait.

use std::future::Future;
use std::panic::Location;
use std::time::Duration;

/// Far more than anything here takes; only a test that fails waits so long.
pub(crate) const LONGEST: Duration = Duration::from_secs(60);

/// Waits for something that has to happen.
///
/// # Panics
///
/// When it does not happen.
#[track_caller]
pub fn within<F: Future>(what: &str, future: F) -> impl Future<Output = F::Output> {
    let place = Location::caller();
    async move {
        match tokio::time::timeout(LONGEST, future).await {
            Ok(output) => output,
            Err(_) => panic!("waited in vain for {what} at {place}"),
        }
    }
}

/// Something that has to happen, with its bound where it is awaited.
pub trait InTime: Future + Sized {
    /// Waits for it; panics, as [`within`] does, when it does not happen.
    #[track_caller]
    fn in_time(self) -> impl Future<Output = Self::Output> {
        within("what has to happen", self)
    }
}

impl<F: Future> InTime for F {}
