//! The events that wait for one listener.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use crate::wire::piece::Piece;

/// How many events wait for a listener; of more the oldest are left out.
const MOST_EVENTS: usize = 1024;

/// What waits for one listener: the connection puts events in, the listener takes them out.
#[derive(Debug, Default)]
pub(super) struct Heard(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    events: VecDeque<Piece>,
    missed: u64,
    is_over: bool,
    waker: Option<Waker>,
}

impl Heard {
    /// Another event; gives whom to wake.
    pub(super) fn push(&self, event: Piece) -> Option<Waker> {
        let mut waiting = self.waiting();
        if waiting.events.len() >= MOST_EVENTS {
            waiting.events.pop_front();
            waiting.missed = waiting.missed.saturating_add(1);
        }
        waiting.events.push_back(event);
        waiting.waker.take()
    }

    /// So many were left out.
    pub(super) fn miss(&self, count: u64) {
        let mut waiting = self.waiting();
        waiting.missed = waiting.missed.saturating_add(count);
    }

    /// How many were left out since this was last asked.
    pub(super) fn take_missed(&self) -> u64 {
        std::mem::take(&mut self.waiting().missed)
    }

    /// No more come; gives whom to wake.
    pub(super) fn end(&self) -> Option<Waker> {
        let mut waiting = self.waiting();
        waiting.is_over = true;
        waiting.waker.take()
    }

    /// The oldest event, as soon as there is one; `None` when no more come.
    pub(super) fn poll_next(&self, cx: &mut Context<'_>) -> Poll<Option<Piece>> {
        let mut waiting = self.waiting();
        if let Some(event) = waiting.events.pop_front() {
            return Poll::Ready(Some(event));
        }
        if waiting.is_over {
            return Poll::Ready(None);
        }
        waiting.waker = Some(cx.waker().clone());
        Poll::Pending
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
