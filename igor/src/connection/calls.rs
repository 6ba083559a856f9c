//! A call runs: in place as far as it gets at once, then as a task of its own.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::{AbortHandle, Abortable, Aborted};
use tokio::time::Instant;

use crate::action::{CallContext, Running};
use crate::error::{Code, Error};
use crate::hub::outbox::Write;
use crate::session::calls::{Calls, OpenCall};

/// Runs a call and sends its last frame, unless somebody else ends it before.
///
/// Most calls are done at their first poll, and cost no task. A panic ends the call and nothing
/// else.
pub(super) fn run(
    running: Running,
    context: Arc<CallContext>,
    deadline: Option<Instant>,
    calls: &Arc<Calls>,
) {
    let mut running = AssertUnwindSafe(running).catch_unwind();
    // The waker is of no use: if the call waits it is polled again, at once, by its task.
    let first = Pin::new(&mut running).poll_unpin(&mut Context::from_waker(Waker::noop()));
    if let Poll::Ready(ended) = first {
        context.end();
        return finish(&context, ended);
    }
    let (stop, stopped) = AbortHandle::new_pair();
    calls.open(context.stream_id, OpenCall { stop, credit: context.credit.clone() });
    let calls = Arc::clone(calls);
    let shutdown = context.shared.shutdown.clone();
    shutdown.spawn(async move {
        let running = Abortable::new(within(deadline, running, &context), stopped);
        // Dropping what the call holds may panic too, and the call has to end all the same.
        let ended = match AssertUnwindSafe(running).catch_unwind().await {
            Ok(Ok(ended)) => ended,
            Ok(Err(Aborted)) => return context.end(),
            Err(panic) => Err(panic),
        };
        context.end();
        if calls.finish(context.stream_id).is_some() {
            finish(&context, ended);
        }
    });
}

/// What a future that may panic gives.
type Ended = Result<Bytes, Box<dyn std::any::Any + Send>>;

async fn within(
    deadline: Option<Instant>,
    running: impl Future<Output = Ended>,
    context: &CallContext,
) -> Ended {
    let Some(deadline) = deadline else { return running.await };
    match tokio::time::timeout_at(deadline, running).await {
        Ok(ended) => ended,
        Err(_) => {
            let error = Error::new(Code::DeadlineExceeded, "the deadline of the call passed");
            Ok(context.failure(&error))
        }
    }
}

fn finish(context: &CallContext, ended: Ended) {
    let last = ended.unwrap_or_else(|panic| context.failure(&Error::from_panic(&*panic)));
    // Whatever was made for the last frame was held to the limit when it was made.
    let _ = context.record.outbox.push_for_page(context.page, last, Write::Soon);
}
