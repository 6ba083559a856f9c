//! How many sockets are clients now, and whether there are any.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

/// Counts clients.
#[derive(Debug, Default)]
pub(super) struct Clients(watch::Sender<usize>);

/// Counts as a client until it is dropped.
#[derive(Debug)]
pub(super) struct Counted(watch::Sender<usize>);

impl Clients {
    /// One more.
    pub(super) fn enter(&self) -> Counted {
        change(&self.0, |clients| *clients += 1);
        Counted(self.0.clone())
    }

    /// Waits until there was no client for this long.
    pub(super) async fn missing(&self, long: Duration) {
        let mut clients = self.0.subscribe();
        loop {
            // Neither wait can fail: the sender is here.
            let _ = clients.wait_for(|clients| *clients == 0).await;
            if timeout(long, clients.wait_for(|clients| *clients > 0)).await.is_err() {
                return;
            }
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        change(&self.0, |clients| *clients -= 1);
    }
}

/// Changes the number, and wakes whoever waits for it: only a program that ends without clients
/// does. Whoever begins to wait meanwhile looks at the number first, behind the same lock.
fn change(clients: &watch::Sender<usize>, change: impl FnOnce(&mut usize)) {
    clients.send_if_modified(|number| {
        change(number);
        clients.receiver_count() > 0
    });
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::time::{Instant, sleep};

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn the_time_without_clients_begins_when_the_last_one_leaves() {
        let (clients, start) = (Arc::new(Clients::default()), Instant::now());
        let entering = Arc::clone(&clients);
        tokio::spawn(async move {
            sleep(LONG / 2).await;
            let first = entering.enter();
            let second = entering.enter();
            sleep(LONG * 2).await;
            drop(first);
            sleep(LONG * 2).await;
            drop(second);
        });
        clients.missing(LONG).await;
        assert_eq!(start.elapsed(), LONG / 2 + LONG * 5);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_ever_coming_counts_from_the_start() {
        let start = Instant::now();
        Clients::default().missing(LONG).await;
        assert_eq!(start.elapsed(), LONG);
    }
}
