//! An action that is ready to be called: its bounds, then its function, inside the server's layers.

use std::fmt;
use std::future::{Future, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use futures_util::FutureExt as _;
use tokio::time::Instant;

use crate::action::ahead::Readers;
use crate::action::call::Call;
use crate::action::descriptor::{Action, Parameter};
use crate::action::param::ParamKind;
use crate::action::replied::Replied;
use crate::action::signature::{Running, Start};
use crate::action::slot::Slot;
use crate::error::{Code, Error, Result};
use crate::session::usage::Exceeded;

/// What stands around every call of a server.
type Layer = Box<dyn Fn(Call, Next) -> Running + Send + Sync>;

/// The layers of a server, the outermost first.
#[derive(Clone, Default)]
pub(crate) struct Layers(Arc<Vec<Layer>>);

impl Layers {
    /// Adds one inside of those that are there.
    pub(crate) fn add<F>(&mut self, layer: impl Fn(Call, Next) -> F + Send + Sync + 'static)
    where
        F: Future<Output = Result<Replied>> + Send + 'static,
    {
        // Nobody else holds them before the server runs.
        if let Some(layers) = Arc::get_mut(&mut self.0) {
            layers.push(Box::new(move |call, next| {
                // It may panic before it gives a future, too.
                match catch_unwind(AssertUnwindSafe(|| layer(call, next))) {
                    Ok(running) => Box::pin(running) as Running,
                    Err(panic) => Box::pin(ready(Err(Error::from_panic(&*panic)))),
                }
            }));
        }
    }
}

impl fmt::Debug for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Layers({})", self.0.len())
    }
}

/// An action, with how a call of it is run.
#[derive(Clone)]
pub(crate) struct Ready {
    pub(crate) action: &'static Action,
    start: Start,
    layers: Layers,
    /// How many calls of a client run at once.
    concurrency: Option<u32>,
}

impl Ready {
    /// An action of which a client may have so many calls open.
    pub(crate) fn new(action: &'static Action, layers: &Layers, most_open: usize) -> Self {
        // What runs on although its call is over is not among those that are open.
        let open = u32::try_from(most_open).ok().filter(|_| action.no_cancel);
        let concurrency = action.concurrency.or(open);
        Ready { action, start: (action.signature)().start, layers: layers.clone(), concurrency }
    }

    /// How its arguments are read while their frame is: where there are any, and nothing that may
    /// refuse the call stands before them.
    pub(crate) fn readers(&self) -> Option<Readers> {
        let Action { parameters, guard, rate, .. } = self.action;
        let is_bounded = guard.is_some() || rate.is_some() || self.concurrency.is_some();
        if is_bounded || !self.layers.0.is_empty() {
            return None;
        }
        let reader = |parameter: &Parameter| match parameter.kind {
            ParamKind::Data(_, read) => Some((parameter.name, read)),
            ParamKind::Input(_) | ParamKind::Output(_) | ParamKind::Server => None,
        };
        let readers: Readers = parameters.iter().map_while(reader).collect();
        let are_all = readers.len() == self.action.data_parameters().count();
        (are_all && !readers.is_empty()).then_some(readers)
    }

    /// Runs a call. Where there are no layers and no bounds, that is the function and nothing else.
    pub(crate) fn start(&self, call: Call) -> Running {
        if self.layers.0.is_empty() {
            return self.admit(call);
        }
        let next = Next { ready: self.clone(), nth: 0 };
        next.start(call)
    }

    /// Runs a call inside of all layers, if it is within its bounds.
    fn admit(&self, mut call: Call) -> Running {
        let Action { name, rate, .. } = *self.action;
        let concurrency = self.concurrency;
        if concurrency.is_none() && rate.is_none() {
            return (self.start)(call);
        }
        let record = call.record();
        if let Err(exceeded) = record.usage().begin(name, concurrency, rate, Instant::now()) {
            return Box::pin(ready(Err(refusal(name, &exceeded))));
        }
        let slot = Arc::new(Slot::new(record, name));
        call.take_slot(Arc::clone(&slot));
        let running = (self.start)(call);
        Box::pin(async move {
            let _slot = slot;
            running.await
        })
    }
}

fn refusal(action: &str, exceeded: &Exceeded) -> Error {
    let (text, retry_after) = match exceeded {
        Exceeded::Concurrency { most, retry_after } => {
            (format!("{most} calls of `{action}` run already"), retry_after)
        }
        Exceeded::Rate { rate, retry_after } => (
            format!("`{action}` may be called {} times in {:?}", rate.calls, rate.per),
            retry_after,
        ),
    };
    Error::new(Code::Overloaded, text).retry_after(*retry_after)
}

/// What stands inside of a layer: further layers, and the action; see
/// [`Server::layer`](crate::Server::layer).
pub struct Next {
    ready: Ready,
    /// The place of the next layer.
    nth: usize,
}

impl Next {
    /// Runs the call. Dropped before its end, it drops the action.
    ///
    /// # Errors
    ///
    /// The error of igor's that ended the call; a panic is `internal`. The action's own typed error
    /// is no error here, but a [`Replied`] that says so.
    pub async fn run(self, call: Call) -> Result<Replied> {
        let ended = AssertUnwindSafe(async { self.start(call).await }).catch_unwind().await;
        ended.unwrap_or_else(|panic| Err(Error::from_panic(&*panic)))
    }

    fn start(self, call: Call) -> Running {
        let layers = self.ready.layers.clone();
        match layers.0.get(self.nth) {
            Some(layer) => layer(call, Next { nth: self.nth + 1, ..self }),
            None => self.ready.admit(call),
        }
    }
}

impl fmt::Debug for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next").field("action", &self.ready.action.name).finish()
    }
}
