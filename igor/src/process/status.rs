//! What becomes of a process, as the program can ask.

use std::fmt;

/// What a process is doing, and how it fared.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProcessStatus {
    /// Its name.
    pub name: &'static str,
    /// What it is doing.
    pub state: ProcessState,
    /// How often it was started.
    pub starts: u64,
    /// Why it failed last, if it ever did. For the log and those who run the server: it may say
    /// what pages should not see.
    pub last_error: Option<String>,
}

/// What a process is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProcessState {
    /// It does not run, and is started when somebody asks for it or comes, as its `start` says.
    #[default]
    Waiting,
    /// Somebody asked for it, and it is about to run.
    Starting,
    /// It runs.
    Running,
    /// It ended, and is started again after a while.
    Pausing,
    /// It was told to stop, and has not ended yet.
    Stopping,
    /// It ended, or was stopped, and is started again only if somebody asks for it.
    Ended,
    /// It failed, and is started again only if somebody asks for it.
    Failed,
}

impl ProcessState {
    /// Whether it runs, or will again without being asked.
    pub fn is_active(self) -> bool {
        !matches!(self, ProcessState::Waiting | ProcessState::Ended | ProcessState::Failed)
    }
}

impl fmt::Display for ProcessState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ProcessState::Waiting => "waiting",
            ProcessState::Starting => "starting",
            ProcessState::Running => "running",
            ProcessState::Pausing => "pausing",
            ProcessState::Stopping => "stopping",
            ProcessState::Ended => "ended",
            ProcessState::Failed => "failed",
        })
    }
}
