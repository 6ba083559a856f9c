//! Bound to its interface: a program that another one started, reaches and ends.
//!
//! What it is told comes as the first line on standard input, where no process list and no log
//! shows it; where it listens goes out as one line on standard output. It ends with its parent,
//! however that one died.

#[cfg(windows)]
mod children;
mod input;
mod instructions;
mod lock;
mod parent;
mod said;

use std::env;
use std::fs::File;
use std::process;
use std::thread;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::error::{Error, Result};
use crate::server::Config;
use input::Input;
use said::Said;

pub(super) use instructions::Instructions;
pub(super) use said::Ready;

/// The argument that binds a program to whoever started it.
const FLAG: &str = "--igor-sidecar";

/// How a process ends that could not end in time once its parent was gone.
const ORPHANED: i32 = 3;

/// The part of an orphan's time that running calls have.
const ORPHAN_CALLS: f64 = 0.5;

/// Whether a program is bound to the one that started it, and how long it waits for it.
///
/// Such a program takes its token, origins and port from its parent, in place of those of
/// [`Config`]. On Windows the processes that it starts end with it, unless they are started with
/// `CREATE_BREAKAWAY_FROM_JOB`.
///
/// It exits with 0 when it was told to end, when its parent is gone, or when it had no client for
/// as long as its parent allows; with 3 when its parent is gone and it was not done within
/// [`orphan`](Sidecar::orphan); and when it could not start, with what `main` makes of the error,
/// which is 1 unless the program says otherwise.
#[derive(Clone, Debug)]
pub struct Sidecar {
    /// By default whether `--igor-sidecar` is among the arguments of the program.
    pub is_on: bool,
    /// How long the first line on standard input may take; 10 s.
    pub instructions: Duration,
    /// How long the program may go on once its parent is gone; 1.5 s. Running calls have half of
    /// it, the rest of `main` what is left; then the process is cut off.
    pub orphan: Duration,
}

impl Default for Sidecar {
    fn default() -> Self {
        Sidecar {
            is_on: env::args_os().any(|argument| argument == FLAG),
            instructions: Duration::from_secs(10),
            orphan: Duration::from_millis(1500),
        }
    }
}

/// What binds a running program to its parent.
#[derive(Debug)]
pub(super) struct Bond {
    pub(super) instructions: Instructions,
    said: Said,
    /// Cancelled when the parent asks for the end; it still listens then.
    told: CancellationToken,
    /// Cancelled when the parent is gone.
    gone: CancellationToken,
    orphan: Duration,
    /// Held until the process ends, so that there is one for each user.
    _lock: Option<File>,
}

/// What a program has learned from its parent; the fields are those of a [`Bond`].
struct Learned {
    instructions: Instructions,
    told: CancellationToken,
    gone: CancellationToken,
    lock: Option<File>,
}

impl Bond {
    /// Learns from the parent what to do, and makes that the configuration; `None` for a program
    /// that stands on its own.
    ///
    /// # Errors
    ///
    /// `internal` when the parent sends nothing in time, or something that is not understood, or
    /// when the program runs already; the parent is told so, too.
    pub(super) async fn make(config: &mut Config) -> Result<Option<Self>> {
        let Sidecar { is_on, instructions: within, orphan } = config.sidecar;
        if !is_on {
            return Ok(None);
        }
        #[cfg(windows)]
        children::bind();
        let said = Said::take()?;
        let learned = Bond::learn(config, within).await;
        let Learned { instructions, told, gone, lock } =
            learned.inspect_err(|error| said.refused(error))?;
        Ok(Some(Bond { instructions, said, told, gone, orphan, _lock: lock }))
    }

    async fn learn(config: &mut Config, within: Duration) -> Result<Learned> {
        let Input { instructions, told, gone } = Input::listen()?;
        let Ok(instructions) = tokio::time::timeout(within, instructions).await else {
            return Err(Error::mistake(format!(
                "nothing came on standard input in {within:?}: {WHO}"
            )));
        };
        let instructions = instructions.map_err(Error::internal)??;
        let lock = if instructions.single { Some(lock::take().await?) } else { None };
        config.address = ([127, 0, 0, 1], 0).into();
        config.token = instructions.token.clone();
        config.allowed_origins.clone_from(&instructions.origins);
        config.page_origin = None;
        #[cfg(feature = "tls")]
        {
            config.tls = None; // Nothing of it leaves this machine.
        }
        parent::watch(instructions.parent, &gone);
        Ok(Learned { instructions, told, gone, lock })
    }

    /// Tells the parent where the program listens.
    pub(super) fn ready(&self, ready: &Ready<'_>) {
        self.said.ready(ready);
    }

    /// Tells the parent why the program could not start, and hands the error on.
    pub(super) fn refused(&self, error: &Error) {
        self.said.refused(error);
    }

    /// Waits until the program is to end.
    pub(super) async fn ended(&self) {
        tokio::select! {
            () = self.told.cancelled() => info!("told to end"),
            () = self.gone.cancelled() => warn!("the parent process is gone"),
        }
    }

    /// Waits until the parent is gone, and then for as long as running calls have. From then on the
    /// process ends in a bounded time, whatever holds it up.
    pub(super) async fn orphaned(&self) {
        self.gone.cancelled().await;
        let orphan = self.orphan;
        let cut_off = thread::Builder::new().name("igor-orphan".to_owned()).spawn(move || {
            thread::sleep(orphan);
            process::exit(ORPHANED);
        });
        if let Err(cause) = cut_off {
            warn!(%cause, "nothing will end this program if it hangs");
        }
        tokio::time::sleep(orphan.mul_f64(ORPHAN_CALLS)).await;
    }
}

/// Who may say `--igor-sidecar`.
const WHO: &str = "a program with `--igor-sidecar` is started by another, such as `startIgor` of \
                   `igor-client-ts`, which says what to do in one line";
