//! The program's own children on Windows: they end with it, however it ends.
//!
//! Nothing there tells a child that its parent is gone, so that what a killed program had started
//! would stay for ever. A job object is closed by the system with the last process that holds it.

use tracing::warn;
use win32job::{ExtendedLimitInfo, Job, JobError};

/// Binds this process and all that it starts from now on to each other. One that is to live on is
/// started with `CREATE_BREAKAWAY_FROM_JOB`.
pub(super) fn bind() {
    match job() {
        // For the system to close: a process that closes its own job ends itself.
        Ok(job) => _ = job.into_handle(),
        Err(cause) => warn!(%cause, "what this program starts will outlive it"),
    }
}

fn job() -> Result<Job, JobError> {
    let mut limits = ExtendedLimitInfo::new();
    limits.limit_kill_on_job_close().limit_breakaway_ok();
    let job = Job::create_with_limit_info(&limits)?;
    job.assign_current_process()?;
    Ok(job)
}
