//! The parent watch: the second line of defence behind the end of standard input.
//!
//! Standard input does not end where somebody else holds its other half, as a child of the parent
//! may that was started carelessly. So the process of the parent is waited for itself, also behind
//! a shell. On a Unix where that cannot be, it is asked for now and then whether it still is the
//! parent, which says nothing behind a shell.

#[cfg(any(windows, target_os = "freebsd", target_os = "linux", target_os = "macos"))]
mod process;

use std::io;
use std::thread;

use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

/// Waits for the end of the parent.
type Wait = Box<dyn FnOnce() -> io::Result<()> + Send>;

/// Cancels `gone` when this process is no more, where that can be known. How it is watched is
/// decided here and now, while the parent waits for the program to be ready: of one that is gone
/// nothing more can be found out. The thread that waits ends with the program.
pub(super) fn watch(parent: Option<u32>, gone: &CancellationToken) {
    let Some(parent) = parent else { return };
    let Some(wait) = wait_for(parent) else {
        return debug!(parent, "not watched: not the parent of this process");
    };
    let gone = gone.clone();
    let watching =
        thread::Builder::new().name("igor-parent".to_owned()).spawn(move || match wait() {
            Ok(()) => gone.cancel(),
            Err(cause) => warn!(%cause, "the parent is not watched any more"),
        });
    if let Err(cause) = watching {
        warn!(%cause, "the parent is not watched");
    }
}

#[cfg(any(windows, target_os = "freebsd", target_os = "linux", target_os = "macos"))]
fn wait_for(parent: u32) -> Option<Wait> {
    match process::open(parent) {
        Ok(wait) => Some(wait),
        Err(cause) => {
            debug!(parent, %cause, "the parent cannot be waited for");
            orphaned(parent)
        }
    }
}

#[cfg(not(any(windows, target_os = "freebsd", target_os = "linux", target_os = "macos")))]
fn wait_for(parent: u32) -> Option<Wait> {
    orphaned(parent)
}

/// Looks now and then for the parent that an orphan is given.
#[cfg(unix)]
fn orphaned(parent: u32) -> Option<Wait> {
    use std::os::unix::process::parent_id;
    use std::time::Duration;

    const LOOK: Duration = Duration::from_millis(500);

    if parent_id() != parent {
        return None;
    }
    Some(Box::new(move || {
        while parent_id() == parent {
            thread::sleep(LOOK);
        }
        Ok(())
    }))
}

/// An orphan of Windows keeps the number of its parent.
#[cfg(windows)]
fn orphaned(_: u32) -> Option<Wait> {
    None
}
