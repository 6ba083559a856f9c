//! The sweep: what a program left half-written when it was killed is removed at the next start.

use std::io;

use cap_std::fs::Dir;
use tracing::{info, warn};

use crate::http::files::draft::is_draft;

/// Removes drafts that nobody writes any more. What cannot be removed is no harm: it is never
/// served, and taken for nothing else.
pub(super) fn remove_stale(dir: &Dir) {
    match sweep(dir) {
        Ok(0) => {}
        Ok(removed) => info!(removed, "removed half-written files of an earlier run"),
        Err(cause) => warn!(%cause, "could not look for half-written files of an earlier run"),
    }
}

fn sweep(dir: &Dir) -> io::Result<usize> {
    let mut removed = 0;
    for entry in dir.entries()? {
        let entry = entry?;
        // The kind of the entry itself: what a link leads to is swept where it lies.
        if entry.file_type()?.is_dir() {
            match entry.open_dir().and_then(|below| sweep(&below)) {
                Ok(below) => removed += below,
                Err(cause) => {
                    let directory = entry.file_name();
                    warn!(?directory, %cause, "could not look for half-written files in it");
                }
            }
        } else if entry.file_name().to_str().is_some_and(is_draft)
            && is_left(&entry.open()?.into_std())
        {
            entry.remove_file()?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Whether no program holds the lock of a draft: another server may write into the same directory.
fn is_left(draft: &std::fs::File) -> bool {
    !matches!(draft.try_lock(), Err(std::fs::TryLockError::WouldBlock))
}
