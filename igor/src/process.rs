//! Processes: what runs beside the clients, from the start of the server to its end.

mod context;
mod descriptor;
mod processes;
mod status;
mod supervised;
mod supervisor;
mod thread;

use std::future::Future;
use std::time::Duration;

pub use context::ProcessContext;
use descriptor::End;
pub(crate) use descriptor::Factory;
pub use descriptor::{NamedProcess, NoFactory, ProcessDescriptor, Restart, Start, factory};
pub use processes::Processes;
pub use status::{ProcessState, ProcessStatus};
pub use supervised::Supervised;

use crate::error::Result;

/// Something that runs in the background and tells clients about it.
///
/// `#[igor::process("name")]` on a struct that implements this makes it one of each server.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a process",
    label = "does not say what to run",
    note = "write `impl igor::Process for {Self}` with `async fn run`"
)]
pub trait Process: Send + 'static {
    /// Runs until it is done, or until it is stopped and the future dropped.
    ///
    /// # Errors
    ///
    /// Whatever made it fail: it is logged, and the process is made anew and started again after a
    /// while, if its `restart` policy says so.
    fn run(&mut self, cx: &ProcessContext) -> impl Future<Output = Result<()>> + Send;

    /// Tidies up after a process that was stopped, by somebody or by the end of the server; by
    /// default there is nothing to do. It runs after the future of `run` was dropped, for at most
    /// [`ProcessLimits::stop`].
    ///
    /// # Errors
    ///
    /// Whatever made it fail: it is logged.
    fn stop(&mut self, _cx: &ProcessContext) -> impl Future<Output = Result<()>> + Send {
        std::future::ready(Ok(()))
    }
}

/// How long processes may take.
#[derive(Clone, Debug)]
pub struct ProcessLimits {
    /// The time for one process to stop, and for all of them when the server ends; 2 s.
    pub stop: Duration,
}

impl Default for ProcessLimits {
    fn default() -> Self {
        ProcessLimits { stop: Duration::from_secs(2) }
    }
}
