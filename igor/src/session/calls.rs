//! The open calls of one page: a plain table that decides who ends a call.
//!
//! Calls belong to the session and not to a socket. Whoever takes a call out of the table, its
//! own task or a cancel, sends its one last frame.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use futures_util::future::{AbortHandle, AbortRegistration};
use tokio::sync::Notify;
use tracing::Span;

use crate::error::Code;
use crate::session::credit::Credit;
use crate::session::input::InputQueue;

/// What it takes to keep a call open, beside what its action keeps.
const OPEN_BYTES: usize = 2 << 10;

/// The calls that have been opened by a page and not ended yet.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    table: Mutex<Table>,
    /// The bytes of what all of them were sent and have not taken, once one of them takes an input.
    /// Their inputs hold it too.
    input_bytes: OnceLock<Arc<AtomicUsize>>,
    /// Told when the last open call has ended.
    ended: Notify,
}

#[derive(Debug, Default)]
struct Table {
    /// Ids rise, so an ordered table needs no hash of what a client chooses.
    open: BTreeMap<i64, OpenCall>,
    /// The highest id so far: ids only rise.
    highest: i64,
    /// Whether the page is over and no call may be added.
    is_over: bool,
}

/// A call that has not ended.
#[derive(Debug)]
pub(crate) struct OpenCall {
    /// Drops its future.
    stop: AbortHandle,
    /// What the caller granted it.
    credit: Credit,
    /// What the caller sends it; its action holds it too.
    input: Option<Arc<InputQueue>>,
    /// Where it is recorded how it ended, if it is ended from elsewhere and its span is enabled.
    span: Option<Box<Span>>,
}

/// What a frame with some id without an action is about.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// A call that was opened before, whether it is still open or not.
    Yes,
    /// No call yet.
    No,
}

impl Calls {
    /// Opens a call; `None` where its id is not above all before it, as it has to be. What it gives
    /// stops the call when somebody else ends it, and has stopped it already if the page is over.
    pub(crate) fn begin(&self, id: i64, credit: Credit) -> Option<AbortRegistration> {
        let (stop, stopped) = AbortHandle::new_pair();
        let call = OpenCall { stop, credit, input: None, span: None };
        let mut table = self.table();
        if id <= table.highest {
            return None;
        }
        table.highest = id;
        if table.is_over {
            drop(table);
            call.stop();
        } else {
            table.open.insert(id, call);
        }
        Some(stopped)
    }

    /// A queue for the input of a call; if the call has ended, so has the queue.
    pub(crate) fn open_input(&self, id: i64, window: u32) -> Arc<InputQueue> {
        let queue = Arc::new(InputQueue::new(window, self.input_bytes.get_or_init(Arc::default)));
        match self.table().open.get_mut(&id) {
            Some(call) => call.input = Some(Arc::clone(&queue)),
            None => queue.give_up(),
        }
        queue
    }

    /// Records the end of a call in its span, also where it is ended from elsewhere.
    pub(crate) fn observe(&self, id: i64, span: &Span) {
        if span.is_disabled() {
            return;
        }
        if let Some(call) = self.table().open.get_mut(&id) {
            call.span = Some(Box::new(span.clone()));
        }
    }

    /// Where the input of a call goes, if it is open and takes any.
    pub(crate) fn input(&self, id: i64) -> Option<Arc<InputQueue>> {
        self.table().open.get(&id)?.input.clone()
    }

    /// The highest id that a call was opened under, 0 before the first.
    pub(crate) fn highest(&self) -> i64 {
        self.table().highest
    }

    /// How many calls are open.
    pub(crate) fn len(&self) -> usize {
        self.table().open.len()
    }

    /// What it costs to keep those that are open, and what they were sent and have not taken.
    pub(crate) fn cost_bytes(&self) -> usize {
        let input_bytes = self.input_bytes.get().map_or(0, |bytes| bytes.load(Ordering::Relaxed));
        self.len() * OPEN_BYTES + input_bytes
    }

    /// Takes a call out; whoever gets it ends it.
    pub(crate) fn finish(&self, id: i64) -> Option<OpenCall> {
        let mut table = self.table();
        let call = table.open.remove(&id);
        if table.open.is_empty() {
            self.ended.notify_waiters();
        }
        call
    }

    /// Waits until no call is open.
    pub(crate) async fn ended(&self) {
        loop {
            let ended = self.ended.notified();
            if self.len() == 0 {
                return;
            }
            ended.await;
        }
    }

    /// Grants credit to a call, if it is open.
    pub(crate) fn grant(&self, id: i64, more: u32) -> Known {
        let table = self.table();
        if let Some(call) = table.open.get(&id) {
            call.credit.grant(more);
        }
        table.knows(id)
    }

    /// Whether an id was used for a call.
    pub(crate) fn known(&self, id: i64) -> Known {
        self.table().knows(id)
    }

    /// Nobody is there who calls: gives back what an empty table keeps for the next call, which is
    /// as much as a quarter of what a session costs that is away.
    pub(crate) fn fold(&self) {
        let mut table = self.table();
        if table.open.is_empty() {
            table.open = BTreeMap::new();
        }
    }

    /// The page is over: stops every call; none of them sends anything more.
    pub(crate) fn end(&self) {
        let mut table = self.table();
        table.is_over = true;
        let open = std::mem::take(&mut table.open);
        drop(table);
        self.ended.notify_waiters();
        for call in open.into_values() {
            call.stop();
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl OpenCall {
    /// Drops the future of the call, at its next `.await`.
    pub(crate) fn stop(self) {
        self.close();
        self.stop.abort();
    }

    /// Drops the future of the call, which ended so for its caller.
    pub(crate) fn stop_with(self, code: Code) {
        if let Some(span) = &self.span {
            span.record("outcome", code.name());
        }
        self.stop();
    }

    /// Nothing more goes out of the call or into it.
    pub(crate) fn close(&self) {
        self.credit.close();
        if let Some(input) = &self.input {
            input.give_up();
        }
    }
}

impl Table {
    fn knows(&self, id: i64) -> Known {
        if id > 0 && id <= self.highest { Known::Yes } else { Known::No }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin(calls: &Calls, id: i64) -> bool {
        calls.begin(id, Credit::new(Some(1))).is_some()
    }

    #[test]
    fn ids_only_rise() {
        let calls = Calls::default();
        assert!(begin(&calls, 3));
        assert!(!begin(&calls, 3));
        assert!(!begin(&calls, 2));
        assert!(begin(&calls, 4));
        assert!(!begin(&Calls::default(), 0));
        assert!(!begin(&Calls::default(), -1));
    }

    #[test]
    fn a_call_is_ended_by_one_only() {
        let calls = Calls::default();
        assert!(begin(&calls, 1));
        assert!(calls.finish(1).is_some());
        assert!(calls.finish(1).is_none());
        assert_eq!(calls.grant(1, 5), Known::Yes);
        assert_eq!(calls.grant(2, 5), Known::No);
    }

    #[test]
    fn the_end_of_a_page_stops_its_calls_and_takes_no_more() {
        let calls = Calls::default();
        let stopped = calls.begin(1, Credit::new(None)).expect("above all before it");
        calls.end();
        assert!(stopped.handle().is_aborted());
        assert!(calls.finish(1).is_none());
        let late = calls.begin(2, Credit::new(None)).expect("above all before it");
        assert!(late.handle().is_aborted());
        assert_eq!(calls.len(), 0);
    }
}
