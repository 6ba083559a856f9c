//! What a remote, its calls and its connection share.

use std::sync::{Mutex, MutexGuard};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::error::Code;
use crate::remote::config::RemoteConfig;
use crate::remote::state::State;
use crate::remote::status::Status;

/// The state under its lock, and what does not change.
#[derive(Debug)]
pub(super) struct Core {
    state: Mutex<State>,
    pub(super) config: RemoteConfig,
    pub(super) status: watch::Sender<Status>,
    /// Ends the connection.
    pub(super) closed: CancellationToken,
}

impl Core {
    pub(super) fn new(config: RemoteConfig) -> Self {
        let status = watch::Sender::new(Status::Connecting(None));
        let (state, closed) = (Mutex::new(State::new()), CancellationToken::new());
        Core { state, config, status, closed }
    }

    /// Does something with the state; who is to be woken for it is woken when the lock is free.
    pub(super) fn with<R>(&self, act: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.state();
        let done = act(&mut state);
        let to_wake = std::mem::take(&mut state.to_wake);
        drop(state);
        to_wake.into_iter().for_each(std::task::Waker::wake);
        done
    }

    /// Ends it for good; a second time changes nothing.
    pub(super) fn close(&self, code: Code, why: &str, status: Status) {
        let is_first = self.with(|state| state.close(code, why));
        if is_first {
            self.status.send_replace(status);
            self.closed.cancel();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
