//! How a program is told to end: Ctrl-C, and what service managers send.

use std::future::Future;

use crate::error::Result;

/// Waits until the program is told to end. It listens from the moment of the call.
///
/// # Errors
///
/// `internal` when the system does not let the program listen.
#[cfg(unix)]
pub(super) fn ended() -> Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Waits until the program is told to end. It listens from the moment of the call.
///
/// # Errors
///
/// `internal` when the system does not let the program listen.
#[cfg(windows)]
pub(super) fn ended() -> Result<impl Future<Output = ()>> {
    use tokio::signal::windows::{ctrl_c, ctrl_close, ctrl_shutdown};
    let (mut interrupt, mut close, mut shutdown) = (ctrl_c()?, ctrl_close()?, ctrl_shutdown()?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = close.recv() => {}
            _ = shutdown.recv() => {}
        }
    })
}
