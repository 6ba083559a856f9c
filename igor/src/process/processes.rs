//! The processes of a server, for whoever asks what they do.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use tracing::warn;

use crate::error::{Error, Result};
use crate::process::{
    Factory, NamedProcess, ProcessDescriptor, ProcessLimits, ProcessStatus, Supervised, supervisor,
};
use crate::shared::SharedRef;
use crate::shutdown::Shutdown;

/// The time for tasks that have nothing more to do than to end.
const LAST_MOMENT: Duration = Duration::from_millis(100);

/// All processes of a server: their status, and how they are started and stopped.
///
/// A server puts it into its scope, so that actions and processes ask for it as
/// [`Scope<Processes>`](crate::Scope).
///
/// ```
/// use igor::{Processes, ProcessContext, Scope};
///
/// /// Reads the mail, when somebody wants it read.
/// #[igor::process("mail", start = "asked")]
/// #[derive(Default)]
/// struct Mail;
///
/// impl igor::Process for Mail {
///     async fn run(&mut self, cx: &ProcessContext) -> igor::Result<()> {
///         Ok(())
///     }
/// }
///
/// #[igor::action("mail.read")]
/// fn read(processes: Scope<Processes>) -> igor::Result<String> {
///     let mail = processes.of::<Mail>()?;
///     mail.start();
///     Ok(mail.status().state.to_string())
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Processes(Arc<Table>);

#[derive(Debug)]
struct Table {
    /// In the order of their names.
    all: Vec<Supervised>,
    /// How often any was started.
    turns: AtomicU64,
    limits: ProcessLimits,
    /// The tasks that supervise them.
    tasks: Shutdown,
}

impl Processes {
    pub(crate) fn new(
        processes: Vec<(&'static ProcessDescriptor, Factory)>,
        limits: ProcessLimits,
    ) -> Self {
        let all = processes.into_iter().map(|(process, factory)| Supervised::new(process, factory));
        let all = all.collect();
        let (turns, tasks) = (AtomicU64::new(0), Shutdown::default());
        Processes(Arc::new(Table { all, turns, limits, tasks }))
    }

    /// The process of this type.
    ///
    /// # Errors
    ///
    /// `internal` where it is not in the server's registry.
    pub fn of<P: NamedProcess>(&self) -> Result<Supervised> {
        let name = P::PROCESS.name;
        let none = || Error::mistake(format!("the server has no process `{name}`"));
        self.named(name).ok_or_else(none)
    }

    /// The process of this name, if there is one.
    pub fn named(&self, name: &str) -> Option<Supervised> {
        self.0.all.iter().find(|one| one.process().name == name).cloned()
    }

    /// What each is doing, in the order of their names.
    pub fn statuses(&self) -> Vec<ProcessStatus> {
        self.0.all.iter().map(Supervised::status).collect()
    }

    /// Supervises them all from now on.
    pub(crate) fn run(&self, shared: &SharedRef) {
        for one in &self.0.all {
            let (this, one, shared) = (self.clone(), one.clone(), Arc::clone(shared));
            self.0.tasks.spawn(async move { supervisor::supervise(&one, &this, &shared).await });
        }
    }

    /// The turn of a process that is started now.
    pub(super) fn next_turn(&self) -> u64 {
        self.0.turns.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// How long a process may take to stop.
    pub(super) fn patience(&self) -> Duration {
        self.0.limits.stop
    }

    /// Tells all to end, and waits for none.
    pub(crate) fn tell(&self) {
        self.0.all.iter().for_each(Supervised::end);
        self.0.tasks.tell();
    }

    /// Ends one after the other, the one that was started last first; those that are left when the
    /// time is over are told all at once.
    pub(crate) async fn end(&self) {
        let until = Instant::now() + self.0.limits.stop;
        let mut all: Vec<_> = self.0.all.iter().collect();
        all.sort_by_key(|one| std::cmp::Reverse(one.turn()));
        for one in all {
            one.end();
            if timeout_at(until, one.until(|status| !status.state.is_active())).await.is_err() {
                break;
            }
        }
        self.tell();
        // Whoever was told only now, and needs no time, has a moment; so does a task to end.
        self.0.tasks.ended(self.0.limits.stop.min(LAST_MOMENT)).await;
        for ProcessStatus { name, state, .. } in self.statuses() {
            if state.is_active() {
                warn!(process = name, "still running after the time to end");
            }
        }
    }
}
