//! Starts a process, starts it again as its policy says, stops it, and tells clients of its end.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

use crate::error::Error;
use crate::process::supervised::Wish;
use crate::process::{
    End, ProcessContext, ProcessState, Processes, Restart, Start, Supervised, thread,
};
use crate::shared::SharedRef;

/// The first pause before a process that failed is started again; it doubles with each failure.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A process that ran for this long has recovered: the next pause is the shortest again.
const RECOVERED: Duration = Duration::from_secs(60);

/// The server ends.
struct Over;

/// Runs a process whenever it is to run, until the server ends.
pub(super) async fn supervise(one: &Supervised, processes: &Processes, shared: &SharedRef) {
    let supervisor = Supervisor { one, processes, shared, wishes: one.wishes() };
    let Over = supervisor.until_over().await;
}

struct Supervisor<'a> {
    one: &'a Supervised,
    processes: &'a Processes,
    shared: &'a SharedRef,
    wishes: watch::Receiver<Wish>,
}

impl Supervisor<'_> {
    async fn until_over(mut self) -> Over {
        if let Err(over) = self.first_start().await {
            return over;
        }
        loop {
            if let Err(over) = self.rounds().await {
                return over;
            }
            if let Err(over) = self.asked().await {
                return over;
            }
        }
    }

    /// Waits until it is to be started for the first time.
    async fn first_start(&mut self) -> Result<(), Over> {
        let wish = *self.wishes.borrow_and_update();
        match (wish, self.one.process().start) {
            (Wish::End, _) => Err(Over),
            (Wish::Start, _) | (Wish::Nothing, Start::Server) => Ok(()),
            (Wish::Stop, _) | (Wish::Nothing, Start::Asked) => self.asked().await,
            (Wish::Nothing, Start::FirstClient) => {
                let hub = self.shared.hub.clone();
                let somebody = async {
                    let mut presence = hub.presence();
                    if hub.all().members().is_empty() {
                        presence.next().await;
                    }
                };
                tokio::select! {
                    asked = self.asked() => asked,
                    () = somebody => Ok(()),
                }
            }
        }
    }

    /// Waits until somebody asks for it; wishes that were seen already do not count.
    async fn asked(&mut self) -> Result<(), Over> {
        loop {
            self.not_over()?;
            changed(&mut self.wishes).await;
            if *self.wishes.borrow() == Wish::Start {
                return Ok(());
            }
            self.one.stays_off();
        }
    }

    /// Runs it, and again as its policy says, until it has ended for good or was stopped.
    async fn rounds(&mut self) -> Result<(), Over> {
        let mut pause = SHORTEST_PAUSE;
        loop {
            let started = Instant::now();
            let ended = self.round().await;
            if matches!(ended, Ok(End::Told)) && *self.wishes.borrow() == Wish::Start {
                // Asked for while it stopped.
                continue;
            }
            let log_id = match &ended {
                Ok(End::Itself(Err(cause))) | Err(cause) => Some(self.note(cause)),
                Ok(_) => None,
            };
            let is_again = match (&ended, self.one.process().restart) {
                (Ok(End::Told), _) | (_, Restart::Never) => false,
                (_, Restart::Always) => true,
                (_, Restart::OnFailure) => log_id.is_some(),
            };
            if !is_again {
                return self.ended(log_id.as_deref());
            }
            if started.elapsed() >= RECOVERED {
                pause = SHORTEST_PAUSE;
            }
            self.one.enter(ProcessState::Pausing);
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = changed(&mut self.wishes) => {}
            }
            if self.is_told() {
                return self.ended(log_id.as_deref());
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Runs it once; a panic is an error like any other.
    async fn round(&mut self) -> Result<End, Error> {
        // Whoever asked until now is served.
        self.wishes.mark_unchanged();
        self.one.started(self.processes.next_turn());
        let (process, stopping) = (self.one.process(), CancellationToken::new());
        let context = ProcessContext::new(
            process.name,
            Arc::clone(self.shared),
            stopping.clone(),
            self.processes.patience(),
        );
        let running = AssertUnwindSafe(async {
            let running = self.one.factory().start(Arc::new(context));
            if process.thread { thread::run(process.name, running).await } else { running.await }
        });
        let mut running = pin!(running.catch_unwind());
        loop {
            if self.is_told() && !stopping.is_cancelled() {
                self.one.enter(ProcessState::Stopping);
                stopping.cancel();
            }
            tokio::select! {
                ended = &mut running => {
                    return ended.unwrap_or_else(|panic| Err(Error::from_panic(&*panic)));
                }
                () = changed(&mut self.wishes) => {}
            }
        }
    }

    /// Logs why it failed, and says under which id.
    fn note(&self, cause: &Error) -> String {
        let name = self.one.process().name;
        let log_id = Error::internal(cause.to_string()).logged_as().unwrap_or_default();
        error!(process = name, log_id, ?cause, "process failed");
        self.one.failed(format!("{cause:?}"));
        log_id
    }

    /// It has ended for good, unless somebody asks for it.
    fn ended(&self, log_id: Option<&str>) -> Result<(), Over> {
        let name = self.one.process().name;
        info!(process = name, "process ended");
        let state = if log_id.is_some() { ProcessState::Failed } else { ProcessState::Ended };
        self.one.enter(state);
        self.not_over()?;
        self.shared.hub.tell_ended(name, log_id);
        Ok(())
    }

    fn is_told(&self) -> bool {
        matches!(*self.wishes.borrow(), Wish::Stop | Wish::End)
    }

    fn not_over(&self) -> Result<(), Over> {
        if *self.wishes.borrow() == Wish::End { Err(Over) } else { Ok(()) }
    }
}

/// Waits until something was wished that was not seen.
async fn changed(wishes: &mut watch::Receiver<Wish>) {
    // Nobody is left to wish anything when the sender is gone.
    if wishes.changed().await.is_err() {
        std::future::pending().await
    }
}
