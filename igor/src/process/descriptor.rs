//! What is known of a process at link time.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use tracing::{error, warn};

use crate::error::Result;
use crate::place::Place;
use crate::process::{Process, ProcessContext};

/// A process, as `#[igor::process]` describes it.
#[derive(Debug)]
pub struct ProcessDescriptor {
    /// Its name on the wire.
    pub name: &'static str,
    /// Its documentation as written in Rust.
    pub docs: &'static str,
    /// Where it is declared.
    pub place: Place,
    /// When it is started again.
    pub restart: Restart,
    /// When it is started first.
    pub start: Start,
    /// Whether it blocks, and runs on a thread of its own.
    pub thread: bool,
    /// Makes one from its `Default`, if it has one.
    pub factory: fn() -> Option<Factory>,
}

/// When a process that ended is started again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Restart {
    /// When it failed or panicked; the default.
    #[default]
    OnFailure,
    /// Whenever it ended.
    Always,
    /// Never.
    Never,
}

/// When a process is started first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// With the server; the default.
    #[default]
    Server,
    /// When the first client has come.
    FirstClient,
    /// When somebody asks for it.
    Asked,
}

/// How one run of a process ended.
#[derive(Debug)]
pub(crate) enum End {
    /// By itself.
    Itself(Result<()>),
    /// It was told to.
    Told,
}

/// The name of an annotated process.
pub trait NamedProcess: Process {
    /// The process's descriptor.
    #[doc(hidden)]
    const PROCESS: &'static ProcessDescriptor;
}

/// Makes a process and runs it.
#[derive(Clone)]
pub struct Factory(Arc<dyn Fn(Arc<ProcessContext>) -> Running + Send + Sync>);

/// A process that runs.
pub(crate) type Running = Pin<Box<dyn Future<Output = Result<End>> + Send>>;

impl Factory {
    /// Runs what `make` makes.
    pub(crate) fn new<P: Process>(make: impl Fn() -> P + Send + Sync + 'static) -> Self {
        Factory(Arc::new(move |cx| {
            let mut process = make();
            Box::pin(async move {
                let ended = tokio::select! {
                    biased;
                    () = cx.stopping() => None,
                    ended = process.run(&cx) => Some(ended),
                };
                match ended {
                    Some(ended) => Ok(End::Itself(ended)),
                    None => stopped(&mut process, &cx).await,
                }
            })
        }))
    }

    /// Makes one and begins to run it.
    pub(crate) fn start(&self, cx: Arc<ProcessContext>) -> Running {
        (self.0)(cx)
    }
}

/// Lets a process that was told to stop put its things in order, for as long as it may take.
async fn stopped<P: Process>(process: &mut P, cx: &ProcessContext) -> Result<End> {
    match tokio::time::timeout(cx.patience(), process.stop(cx)).await {
        Ok(Ok(())) => {}
        Ok(Err(cause)) => error!(process = cx.name(), ?cause, "process failed to stop"),
        Err(_) => warn!(process = cx.name(), "process did not stop in time"),
    }
    Ok(End::Told)
}

impl fmt::Debug for Factory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Factory")
    }
}

/// Stands for a process type, to ask whether it has a `Default`.
#[derive(Debug)]
pub struct DefaultFactory<P>(PhantomData<fn() -> P>);

/// The question to be answered; the inherent `make` is chosen where there is a `Default`.
pub const fn factory<P>() -> DefaultFactory<P> {
    DefaultFactory(PhantomData)
}

impl<P: Process + Default> DefaultFactory<P> {
    /// A factory of its default.
    pub fn make(self) -> Option<Factory> {
        Some(Factory::new(P::default))
    }
}

/// The answer for a process without a `Default`.
pub trait NoFactory: Sized {
    /// None.
    fn make(self) -> Option<Factory> {
        None
    }
}

impl<P> NoFactory for DefaultFactory<P> {}
