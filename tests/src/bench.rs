//! What the actions and processes of one test share with it, so that nothing has to sleep.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::within;

/// A scope through which a test is told of what happens, and decides when it goes on. Clones
/// share one state.
#[derive(Clone, Debug)]
pub struct Bench(Arc<State>);

#[derive(Debug)]
struct State {
    words: UnboundedSender<String>,
    permits: Semaphore,
    count: AtomicU32,
}

/// What the test hears.
#[derive(Debug)]
pub struct Heard(UnboundedReceiver<String>);

/// Tells its word when it is dropped.
#[derive(Debug)]
pub struct Guard(Bench, &'static str);

impl Bench {
    /// A bench and the ear of the test.
    pub fn new() -> (Self, Heard) {
        let (words, heard) = unbounded_channel();
        let state = State { words, permits: Semaphore::new(0), count: AtomicU32::new(0) };
        (Bench(Arc::new(state)), Heard(heard))
    }

    /// Tells the test a word.
    pub fn tell(&self, word: impl Into<String>) {
        // A test that is over does not listen.
        let _ = self.0.words.send(word.into());
    }

    /// Something that tells a word when it is dropped.
    pub fn guard(&self, word: &'static str) -> Guard {
        Guard(self.clone(), word)
    }

    /// Waits for a permit of the test and uses it.
    ///
    /// # Panics
    ///
    /// Never: permits are not closed.
    pub async fn permit(&self) {
        self.0.permits.acquire().await.expect("permits are never closed").forget();
    }

    /// Uses a permit if there is one.
    pub fn has_permit(&self) -> bool {
        self.0.permits.try_acquire().map(|permit| permit.forget()).is_ok()
    }

    /// Lets so many go on.
    pub fn allow(&self, permits: usize) {
        self.0.permits.add_permits(permits);
    }

    /// Counts one more; says how many that makes.
    pub fn count(&self) -> u32 {
        self.0.count.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// How many were counted.
    pub fn counted(&self) -> u32 {
        self.0.count.load(Ordering::Relaxed)
    }
}

impl Heard {
    /// Waits for the next word.
    ///
    /// # Panics
    ///
    /// When there comes none.
    pub async fn next(&mut self) -> String {
        within("a word", self.wait()).await.expect("the bench lives")
    }

    /// Waits for the next word for as long as it takes; there is none when the bench is gone.
    pub async fn wait(&mut self) -> Option<String> {
        self.0.recv().await
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.tell(self.1);
    }
}
