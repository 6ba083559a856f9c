//! A call runs: in place as far as it gets at once, then as a task of its own.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use futures_util::FutureExt as _;
use futures_util::future::{AbortRegistration, Abortable, Aborted};
use tracing::field::Empty;
use tracing::{Instrument as _, Span, debug_span};

use crate::action::{CallContext, Replied, Running};
use crate::error::{Code, Error};
use crate::hub::ClientId;
use crate::hub::outbox::Write;
use crate::traceparent::Traceparent;
use crate::wire::body::Body;

/// Runs a call and sends its last frame, unless somebody else ends it before.
///
/// Its span says what it was called with, in bytes, how it ended for its caller, and the bytes of
/// its last frame, if that is its own. Most calls are done at their first poll, and cost no task. A
/// panic ends the call and nothing else.
pub(super) fn run(
    running: Running,
    context: Arc<CallContext>,
    stopped: AbortRegistration,
    bytes: usize,
) {
    let CallContext { action, record, stream_id, traceparent, .. } = &*context;
    let span = span(action, &record.client_id, *stream_id, bytes, traceparent);
    let running = AssertUnwindSafe(running).catch_unwind().instrument(span.clone());
    let mut running = Abortable::new(running, stopped);
    // The waker is of no use: if the call waits it is polled again, at once, by its task.
    let first = Pin::new(&mut running).poll(&mut Context::from_waker(Waker::noop()));
    if let Poll::Ready(ended) = first {
        return finish(&context, ended, &span);
    }
    context.calls.observe(context.stream_id, &span);
    let shutdown = context.shared.shutdown.clone();
    // Where nobody listens to calls, the task stays in the span of its connection, as the start was.
    let around = if span.is_disabled() { Span::current() } else { Span::none() };
    let rest = async move {
        // Dropping what the call holds may panic too, and the call has to end all the same.
        let ended = AssertUnwindSafe(within(running, &context, &span)).catch_unwind().await;
        finish(&context, ended.unwrap_or_else(|panic| Ok(Err(panic))), &span);
    };
    shutdown.spawn(rest.instrument(around));
}

/// The span of a call. One that is refused before it runs has one, too.
pub(super) fn span(
    action: &str,
    client: &ClientId,
    stream_id: i64,
    bytes: usize,
    traceparent: &Traceparent,
) -> Span {
    let traceparent = traceparent.as_str();
    debug_span!(
        "call", action, %client, stream_id, bytes, traceparent, outcome = Empty, sent = Empty
    )
}

/// What comes of a call: its end or a panic, unless it was stopped.
type Ended = Result<Result<Result<Replied, Error>, Box<dyn Any + Send>>, Aborted>;

/// Waits for the end of a call. When its deadline passes the caller is told; then it is dropped, or
/// runs on if it cannot be stopped.
async fn within(running: impl Future<Output = Ended>, context: &CallContext, span: &Span) -> Ended {
    let mut running = pin!(running);
    let Some(deadline) = context.deadline else { return running.await };
    if let Ok(ended) = tokio::time::timeout_at(deadline, &mut running).await {
        return ended;
    }
    if let Some(call) = context.calls.finish(context.stream_id) {
        call.stop();
        let late = Error::new(Code::DeadlineExceeded, "the deadline of the call passed");
        send(context, context.last_frame(Err(late)), span);
    }
    running.await
}

/// Sends the last frame, unless somebody else has ended the call.
fn finish(context: &CallContext, ended: Ended, span: &Span) {
    context.end();
    let Ok(ended) = ended else { return };
    if let Some(call) = context.calls.finish(context.stream_id) {
        call.close();
        let ended = ended.unwrap_or_else(|panic| Err(Error::from_panic(&*panic)));
        send(context, context.last_frame(ended), span);
    }
}

fn send(context: &CallContext, (code, last): (Option<Code>, Body), span: &Span) {
    context.shared.outcomes.count(code);
    span.record("outcome", code.map_or("ok", Code::name)).record("sent", last.len());
    // Whatever was made for the last frame was held to the limit when it was made.
    let _ = context.record.outbox.push_for_page(context.page, last, Write::Soon);
}
