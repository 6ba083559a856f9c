//! A process of a server, as others see it: what it is doing, and what is asked of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;

use crate::process::{Factory, ProcessDescriptor, ProcessState, ProcessStatus};

/// A process of a server: its status, and how it is started and stopped. Clones are the same one.
#[derive(Clone, Debug)]
pub struct Supervised(Arc<State>);

#[derive(Debug)]
struct State {
    process: &'static ProcessDescriptor,
    factory: Factory,
    wish: watch::Sender<Wish>,
    status: watch::Sender<ProcessStatus>,
    /// When it was started last, in the order of all starts.
    turn: AtomicU64,
}

/// What is wished of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// That it follows its descriptor.
    Nothing,
    /// That it runs, now.
    Start,
    /// That it does not.
    Stop,
    /// That it does not ever again: the server ends.
    End,
}

impl Supervised {
    pub(super) fn new(process: &'static ProcessDescriptor, factory: Factory) -> Self {
        let (name, state) = (process.name, ProcessState::default());
        let status = ProcessStatus { name, state, starts: 0, last_error: None };
        Supervised(Arc::new(State {
            process,
            factory,
            wish: watch::Sender::new(Wish::Nothing),
            status: watch::Sender::new(status),
            turn: AtomicU64::new(0),
        }))
    }

    /// What it is doing.
    pub fn status(&self) -> ProcessStatus {
        self.0.status.borrow().clone()
    }

    /// Starts it. One that pauses before a restart is started at once, one that runs already goes
    /// on, and once the server ends none is started.
    pub fn start(&self) {
        // Whoever waits for its end from now on waits for that of this start.
        self.0.status.send_if_modified(|status| {
            let is_off = !status.state.is_active();
            if is_off {
                status.state = ProcessState::Starting;
            }
            is_off
        });
        if !self.wish(Wish::Start) {
            self.stays_off();
        }
    }

    /// Tells it to stop: its `run` is dropped at its next `.await`, and it is not started again
    /// unless somebody asks for it. A process may stop itself.
    pub fn stop(&self) {
        self.wish(Wish::Stop);
    }

    /// Waits until the function is true of its status, and returns that status.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost when the future is dropped.
    pub async fn until(&self, is_it: impl FnMut(&ProcessStatus) -> bool) -> ProcessStatus {
        let mut statuses = self.0.status.subscribe();
        match statuses.wait_for(is_it).await {
            Ok(status) => status.clone(),
            // This holds the other end.
            Err(_) => self.status(),
        }
    }

    pub(super) fn end(&self) {
        self.wish(Wish::End);
    }

    /// When it was started last, in the order of all starts; 0 for never.
    pub(super) fn turn(&self) -> u64 {
        self.0.turn.load(Ordering::Relaxed)
    }

    pub(super) fn process(&self) -> &'static ProcessDescriptor {
        self.0.process
    }

    pub(super) fn factory(&self) -> &Factory {
        &self.0.factory
    }

    pub(super) fn wishes(&self) -> watch::Receiver<Wish> {
        self.0.wish.subscribe()
    }

    /// It was started, in this turn.
    pub(super) fn started(&self, turn: u64) {
        self.0.turn.store(turn, Ordering::Relaxed);
        self.0.status.send_modify(|status| {
            status.state = ProcessState::Running;
            status.starts += 1;
        });
    }

    pub(super) fn enter(&self, state: ProcessState) {
        self.0.status.send_modify(|status| status.state = state);
    }

    pub(super) fn failed(&self, cause: String) {
        self.0.status.send_modify(|status| status.last_error = Some(cause));
    }

    /// It does not run, whatever was wished before.
    pub(super) fn stays_off(&self) {
        if self.0.status.borrow().state == ProcessState::Starting {
            self.enter(ProcessState::Ended);
        }
    }

    /// Wishes something of the process; false once the server ends, after which no wish counts.
    fn wish(&self, wish: Wish) -> bool {
        self.0.wish.send_if_modified(|wished| {
            let is_open = *wished != Wish::End;
            if is_open {
                *wished = wish;
            }
            is_open
        })
    }
}
