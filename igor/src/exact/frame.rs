//! The frame whose values are being written or read on this thread.
//!
//! An attachment is not in the JSON, and serde hands its implementations nothing but the JSON. So
//! the attachments of a frame lie beside the thread for as long as one value is written or read,
//! which never waits.

use std::cell::RefCell;
use std::sync::Arc;

use bytes::Bytes;

/// What lies beside the thread. It is small, because it is laid and taken for each frame, of which
/// few have anything.
#[derive(Debug, Default)]
enum Beside {
    #[default]
    Nothing,
    /// What the frame has gathered so far, once there is something.
    Writing(Option<Box<Gathered>>),
    Reading(Box<Attached>),
}

/// What a frame that was written has beside its JSON.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) attachments: Vec<Bytes>,
    /// How many exact values the JSON has; with one of them the frame is a binary one.
    pub(crate) signs: usize,
    /// What stands before each sign.
    mark: String,
}

/// What a frame that is read has beside its JSON; nothing, for a text frame.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attached {
    /// In the order of their indices. They share the memory that the frame was read into.
    pub(crate) attachments: Arc<[Bytes]>,
    /// What stands before each sign.
    pub(crate) mark: &'static str,
}

impl Attached {
    /// Whether a value is read without this as it is with it.
    pub(crate) fn is_empty(&self) -> bool {
        self.attachments.is_empty() && self.mark.is_empty()
    }
}

thread_local! {
    static BESIDE: RefCell<Beside> = const { RefCell::new(Beside::Nothing) };
}

/// Writes a value, and gathers what has no place in its JSON; `None` when it has nothing of the kind.
pub(crate) fn gather<R>(write: impl FnOnce() -> R) -> (R, Option<Box<Gathered>>) {
    gather_into(None, write)
}

/// As [`gather`], with a mark before each sign.
pub(crate) fn gather_marked<R>(
    mark: String,
    write: impl FnOnce() -> R,
) -> (R, Option<Box<Gathered>>) {
    gather_into(Some(Box::new(Gathered { mark, ..Gathered::default() })), write)
}

fn gather_into<R>(
    start: Option<Box<Gathered>>,
    write: impl FnOnce() -> R,
) -> (R, Option<Box<Gathered>>) {
    let before = Restored::lay(Beside::Writing(start));
    let written = write();
    match before.put_back() {
        Beside::Writing(gathered) => (written, gathered),
        _ => (written, None),
    }
}

/// Reads a value of a frame that has these attachments.
pub(crate) fn read_with<R>(attached: &Attached, read: impl FnOnce() -> R) -> R {
    let _before = Restored::lay(Beside::Reading(Box::new(attached.clone())));
    read()
}

/// Attaches bytes to the frame that is being written and gives their index; `None` when none is.
pub(super) fn attach(bytes: &Bytes) -> Option<usize> {
    BESIDE.with_borrow_mut(|beside| match beside {
        Beside::Writing(gathered) => {
            let attachments = &mut gathered.get_or_insert_default().attachments;
            attachments.push(bytes.clone());
            Some(attachments.len() - 1)
        }
        _ => None,
    })
}

/// The attachment of this index of the frame that is being read.
pub(super) fn attachment(index: usize) -> Option<Bytes> {
    BESIDE.with_borrow(|beside| match beside {
        Beside::Reading(attached) => attached.attachments.get(index).cloned(),
        _ => None,
    })
}

/// Counts a sign that is being written.
pub(super) fn count_sign() {
    BESIDE.with_borrow_mut(|beside| {
        if let Beside::Writing(gathered) = beside {
            gathered.get_or_insert_default().signs += 1;
        }
    });
}

/// What stands before each sign now.
pub(super) fn mark() -> String {
    BESIDE.with_borrow(|beside| match beside {
        Beside::Nothing | Beside::Writing(None) => String::new(),
        Beside::Writing(Some(gathered)) => gathered.mark.clone(),
        Beside::Reading(attached) => attached.mark.to_owned(),
    })
}

/// Puts back what lay beside the thread before, also when the writing or reading panics.
struct Restored(Beside);

impl Restored {
    fn lay(beside: Beside) -> Self {
        Restored(BESIDE.replace(beside))
    }

    /// Gives what lies there now.
    fn put_back(mut self) -> Beside {
        let before = std::mem::take(&mut self.0);
        std::mem::forget(self);
        BESIDE.replace(before)
    }
}

impl Drop for Restored {
    fn drop(&mut self) {
        BESIDE.set(std::mem::take(&mut self.0));
    }
}
