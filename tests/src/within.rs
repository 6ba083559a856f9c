//! The bound of every wait.

use std::future::Future;
use std::panic::Location;
use std::time::Duration;

/// Far more than anything here takes; only a test that fails waits so long.
const LONGEST: Duration = Duration::from_secs(60);

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
