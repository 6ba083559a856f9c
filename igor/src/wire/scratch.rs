//! Memory that frames are written into, one after the other, on each thread.
//!
//! How long a frame gets is known when it is written. Memory that grows with it and is then kept
//! until the client has acknowledged it is asked for twice and half empty; from here it is copied
//! once into as much as it takes.

use std::cell::Cell;

use bytes::Bytes;

/// So much memory stays with a thread. What is longer keeps the memory that it was written into, but
/// for what is empty of it.
///
/// It is as much as a call writes by itself. Memory that goes with each large reply is given back to
/// the system with it, and taken from it again for the next, page by page: that cost a reply of
/// 100 KiB a tenth more.
pub(crate) const MOST_BYTES: usize = 256 << 10;

thread_local! {
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Empty memory to write into. Who is asked for more while one frame is written, as by a value that
/// sends an event when it is looked at, gets other memory.
pub(super) fn take() -> Vec<u8> {
    let mut scratch = SCRATCH.take();
    scratch.clear();
    scratch
}

/// What was written, to be kept; the memory is given back.
pub(super) fn keep(mut written: Vec<u8>) -> Bytes {
    if written.capacity() > MOST_BYTES {
        // Half of it may be empty, and what is kept is counted by what is in it.
        written.shrink_to_fit();
        return written.into();
    }
    let kept = Bytes::copy_from_slice(&written);
    SCRATCH.set(written);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_used_again_and_what_was_kept_is_not_touched() {
        let mut first = take();
        first.extend_from_slice(b"first");
        let place = first.as_ptr();
        let kept = keep(first);
        let mut second = take();
        assert_eq!((second.as_ptr(), second.len()), (place, 0));
        second.extend_from_slice(b"other");
        assert_eq!(kept, "first");
    }

    #[test]
    fn a_long_text_keeps_its_own_memory_and_leaves_none_to_the_thread() {
        let long = vec![b'x'; MOST_BYTES + 1];
        let place = long.as_ptr();
        assert_eq!(keep(long).as_ptr(), place);
        assert!(take().capacity() <= MOST_BYTES);
    }

    #[test]
    fn of_a_long_text_nothing_empty_is_kept() {
        let mut long = Vec::with_capacity(4 * MOST_BYTES);
        long.resize(2 * MOST_BYTES, b'x');
        assert_eq!(Vec::from(keep(long)).capacity(), 2 * MOST_BYTES);
    }
}
