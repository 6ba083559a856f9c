//! Other programs that the driver runs.

use std::io;
use std::process::{Command, Stdio};

/// Runs something that prints nothing of interest, to its end.
///
/// # Errors
///
/// When it cannot be run, or fails.
pub fn succeed(command: &mut Command) -> io::Result<()> {
    let status = command.stdout(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("{command:?}: {status}"))) }
}
