//! A call that is open: what has come for it, and who waits for it.

use std::collections::VecDeque;
use std::task::Waker;

use tokio::time::Instant;

use crate::action::Action;
use crate::error::{Code, Error};
use crate::wire::body::Body;
use crate::wire::calling::CallFrame;
use crate::wire::piece::Piece;

/// How often a call of an idempotent action is sent again, after its session was lost.
const RESENDS: u32 = 2;

/// Bytes of an input that are sent before new credit comes.
const INPUT_BYTES: usize = 256 << 10;

/// What a caller gets in place of a value.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: Error,
    /// The action's own error.
    pub(super) data: Option<Piece>,
}

/// An open call.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) action: &'static Action,
    /// Items that the caller has not taken.
    items: VecDeque<Piece>,
    /// How many items may be under way or wait here; 0 where none come.
    window: u32,
    /// Items taken for which no new credit was given.
    taken: u32,
    /// Whether items beside the value may be dropped for a caller that does not read them.
    is_courtesy: bool,
    pub(super) end: Option<Result<Piece, Failure>>,
    /// Whether the server may have it.
    pub(super) is_sent: bool,
    /// The frame that asks for it: another server may have to be asked.
    frame: CallFrame,
    /// The bytes of that frame when it was made; it only gets shorter.
    pub(super) bytes: usize,
    /// When it has to have ended.
    deadline: Option<Instant>,
    /// How often it may still be sent again when its session is lost.
    resends: u32,
    /// Items of an input that the server wants.
    wanted: u32,
    /// Bytes of an input since the last credit.
    fed_bytes: usize,
    /// Wakes the caller.
    pub(super) waker: Option<Waker>,
}

impl Open {
    pub(super) fn new(
        action: &'static Action,
        window: u32,
        is_stream: bool,
        deadline: Option<Instant>,
        frame: CallFrame,
    ) -> Self {
        let is_plain = window == 0 && action.input().is_none();
        Open {
            action,
            items: VecDeque::new(),
            window,
            taken: 0,
            is_courtesy: !is_stream,
            end: None,
            is_sent: false,
            bytes: frame.body().len(),
            frame,
            deadline,
            resends: if action.idempotent && is_plain { RESENDS } else { 0 },
            wanted: 0,
            fed_bytes: 0,
            waker: None,
        }
    }

    /// The frame that asks for it, as it is to go out now: it says how much time is left.
    pub(super) fn asking(&mut self) -> Body {
        if let Some(deadline) = self.deadline {
            self.frame.tell(deadline.duration_since(Instant::now()));
        }
        self.frame.body().clone()
    }

    /// Keeps an item. Where nobody reads the outputs beside the value, the oldest is dropped, so
    /// early that the server has credit for the next.
    ///
    /// # Errors
    ///
    /// `bad_frame` where a stream is a whole window ahead already: the server had no credit for it.
    pub(super) fn push(&mut self, item: Piece) -> Result<(), Error> {
        if self.is_courtesy && self.items.len() >= (self.window / 2) as usize {
            self.items.pop_front();
            self.taken += 1;
        }
        if !self.is_courtesy && self.items.len() >= self.window as usize {
            return Err(Error::new(Code::BadFrame, "an item came without credit"));
        }
        self.items.push_back(item);
        Ok(())
    }

    /// Takes the oldest item.
    pub(super) fn take(&mut self) -> Option<Piece> {
        let item = self.items.pop_front()?;
        self.taken += 1;
        Some(item)
    }

    /// Credit to be given now, if it is worth a frame.
    pub(super) fn credit_due(&mut self) -> Option<u32> {
        let is_due = self.end.is_none() && self.taken > 0 && self.taken >= self.window.div_ceil(2);
        is_due.then(|| std::mem::take(&mut self.taken))
    }

    /// The server is ready for more items.
    pub(super) fn want(&mut self, more: u32) {
        self.wanted = self.wanted.saturating_add(more);
        self.fed_bytes = 0;
    }

    /// Whether the next item of the input may be sent.
    pub(super) fn is_hungry(&self) -> bool {
        self.end.is_none() && self.wanted > 0 && self.fed_bytes < INPUT_BYTES
    }

    /// An item of this size is being sent.
    pub(super) fn feed(&mut self, bytes: usize) {
        self.wanted = self.wanted.saturating_sub(1);
        self.fed_bytes += bytes;
    }

    /// Whether it waits for a server that does not have it.
    pub(super) fn waits(&self) -> bool {
        self.end.is_none() && !self.is_sent
    }

    /// Its session is lost: it waits for the next, if it may be sent again; says whether it may.
    pub(super) fn wait_again(&mut self) -> bool {
        let left = self.resends.checked_sub(1);
        self.is_sent = left.is_none();
        self.resends = left.unwrap_or_default();
        !self.is_sent
    }
}
