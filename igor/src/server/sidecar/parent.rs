//! The parent watch: the second line of defence behind the end of standard input.
//!
//! Standard input does not end where somebody else holds its other half, as a child of the parent
//! may that was started carelessly. On Linux the process of the parent is waited for itself, also
//! behind a shell; on other Unix systems it is asked for now and then whether it still is the
//! parent, which says nothing behind a shell. On Windows there is only the end of standard input.

use tokio_util::sync::CancellationToken;

/// Cancels `gone` when this process is no more, where that can be known.
pub(super) fn watch(parent: Option<u32>, gone: &CancellationToken) {
    #[cfg(unix)]
    if let Some(parent) = parent {
        unix::watch(parent, gone.clone());
    }
    #[cfg(not(unix))]
    let _ = (parent, gone);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::process::parent_id;
    use std::thread;
    use std::time::Duration;

    use tokio_util::sync::CancellationToken;
    use tracing::{debug, warn};

    /// How often the parent is asked for where it cannot be waited for.
    const LOOK: Duration = Duration::from_millis(500);

    /// By what the end of the parent is seen.
    enum Sign {
        /// Its process, which is waited for.
        #[cfg(target_os = "linux")]
        Process(rustix::fd::OwnedFd),
        /// Another parent: to one an orphan is given.
        Orphaned(u32),
    }

    /// Watches on a thread that ends with the process. By what is decided here and now, while the
    /// parent waits for the program to be ready: of one that is gone nothing more can be found out.
    pub(super) fn watch(parent: u32, gone: CancellationToken) {
        let Some(sign) = Sign::of(parent) else {
            return debug!(parent, "not watched: not the parent of this process");
        };
        let watching = thread::Builder::new().name("igor-parent".to_owned()).spawn(move || {
            if sign.wait() {
                gone.cancel();
            }
        });
        if let Err(cause) = watching {
            warn!(%cause, "the parent is not watched");
        }
    }

    impl Sign {
        /// `None` where nothing can be known of this process.
        fn of(parent: u32) -> Option<Self> {
            #[cfg(target_os = "linux")]
            match super::linux::open_ancestor(parent) {
                Ok(process) => return Some(Sign::Process(process)),
                Err(cause) => debug!(parent, %cause, "the parent cannot be waited for"),
            }
            (parent_id() == parent).then_some(Sign::Orphaned(parent))
        }

        /// Waits for the end of the parent; false where that cannot be known any more.
        fn wait(&self) -> bool {
            match self {
                #[cfg(target_os = "linux")]
                Sign::Process(process) => super::linux::wait(process)
                    .inspect_err(|cause| warn!(%cause, "the parent is not watched any more"))
                    .is_ok(),
                Sign::Orphaned(parent) => {
                    while parent_id() == *parent {
                        thread::sleep(LOOK);
                    }
                    true
                }
            }
        }
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;
    use std::io;

    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::fd::OwnedFd;
    use rustix::io::Errno;
    use rustix::process::{Pid, PidfdFlags, pidfd_open};

    /// More shells than these stand between nobody.
    const MOST_ANCESTORS: usize = 64;

    /// Opens this process; only an ancestor is taken, because the number may be from another
    /// namespace, where it means another process.
    pub(super) fn open_ancestor(process: u32) -> io::Result<OwnedFd> {
        let pid = i32::try_from(process).ok().and_then(Pid::from_raw);
        let pidfd = pidfd_open(pid.ok_or(io::ErrorKind::InvalidInput)?, PidfdFlags::empty())?;
        // Behind the opening, so that the number cannot have come to mean another one.
        if !is_ancestor(process) {
            return Err(io::Error::other("it is no ancestor of this process"));
        }
        Ok(pidfd)
    }

    /// Waits for the end of a process.
    pub(super) fn wait(process: &OwnedFd) -> io::Result<()> {
        let mut ended = [PollFd::new(process, PollFlags::IN)];
        loop {
            match poll(&mut ended, None) {
                Ok(0) | Err(Errno::INTR) => {}
                Ok(_) => return Ok(()),
                Err(cause) => return Err(cause.into()),
            }
        }
    }

    fn is_ancestor(process: u32) -> bool {
        let mut at = std::process::id();
        for _ in 0..MOST_ANCESTORS {
            match parent_of(at) {
                Some(parent) if parent == process => return true,
                Some(parent) if parent > 1 => at = parent,
                _ => return false,
            }
        }
        false
    }

    fn parent_of(process: u32) -> Option<u32> {
        let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn only_an_ancestor_is_one() {
            let parent = std::os::unix::process::parent_id();
            assert!(is_ancestor(parent));
            assert!(parent_of(parent).is_none_or(|above| above <= 1 || is_ancestor(above)));
            assert!(!is_ancestor(std::process::id()) && !is_ancestor(u32::MAX));
        }
    }
}
