//! The process of the parent: a pidfd on Linux, a kqueue on macOS and FreeBSD, a handle on Windows.

use std::io;

use waitpid_any::WaitHandle;

use super::Wait;

/// Opens a process; it is that one which is waited for, whatever its number comes to mean later.
///
/// A number that was given away already before this is not told from that of the parent. What has
/// it then is waited for, while standard input has ended.
///
/// # Errors
///
/// When there is no such process, it is not permitted, or the system is too old for it.
pub(super) fn open(parent: u32) -> io::Result<Wait> {
    let number = i32::try_from(parent).map_err(|_| io::ErrorKind::InvalidInput)?;
    let mut process = WaitHandle::open(number)?;
    // Behind the opening, so that the number cannot have come to mean another one.
    #[cfg(target_os = "linux")]
    if !ancestors::have(parent) {
        return Err(io::Error::other("it is no ancestor of this process"));
    }
    Ok(Box::new(move || {
        loop {
            match process.wait() {
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                ended => return ended,
            }
        }
    }))
}

/// Only an ancestor is taken where a number may be from another namespace, in which it means
/// another process.
#[cfg(target_os = "linux")]
mod ancestors {
    use std::fs;

    /// No program and its parent have more shells between them.
    const MOST: usize = 64;

    pub(super) fn have(process: u32) -> bool {
        let mut at = std::process::id();
        for _ in 0..MOST {
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
            assert!(have(parent));
            assert!(parent_of(parent).is_none_or(|above| above <= 1 || have(above)));
            assert!(!have(std::process::id()) && !have(u32::MAX));
        }
    }
}
