//! Processes: what runs beside the clients, from the start of the server to its end.

mod context;
mod descriptor;
pub(crate) mod supervisor;

use std::future::Future;

pub use context::ProcessContext;
pub(crate) use descriptor::Factory;
pub use descriptor::{NamedProcess, NoFactory, ProcessDescriptor, Restart, factory};

use crate::error::Result;

/// Something that runs in the background and tells clients about it.
///
/// `#[igor::process("name")]` on a struct that implements this starts one with each server.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a process",
    label = "does not say what to run",
    note = "write `impl igor::Process for {Self}` with `async fn run`"
)]
pub trait Process: Send + 'static {
    /// Runs until it is done, or until the server ends and drops the future.
    ///
    /// # Errors
    ///
    /// Whatever made it fail: the log has it, and it is started anew after a while, from its
    /// `Default` again, as its `restart` policy says.
    fn run(&mut self, cx: &ProcessContext) -> impl Future<Output = Result<()>> + Send;
}
