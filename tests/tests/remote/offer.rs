//! What the servers of these tests offer.

use std::time::Duration;

use futures_util::{Stream, StreamExt as _, stream};
use igor::{
    Bytes, Client, Config, Deadline, Hub, Input, Output, Registry, Scope, Server, Session,
    Traceparent, testing,
};
use igor_tests::{Bench, InTime as _};

/// What a caller in Rust gives no argument for, as its kind is not data.
pub(crate) struct Caller(pub(crate) String);

impl igor::Param for Caller {
    fn from_call(call: &igor::Call, _name: &'static str) -> igor::Result<Self> {
        Ok(Caller(call.client().id().to_string()))
    }
}

#[igor::data]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) who: String,
    pub(crate) text: String,
}

#[igor::data]
#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum SayError {
    #[error("a line has at most {limit} characters")]
    TooLong { limit: u32 },
}

/// Somebody said something.
#[igor::event("said")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Said {
    pub(crate) line: Line,
}

/// Asks whether something is to be done.
#[igor::request("confirm", reply = bool)]
pub(crate) struct Confirm {
    pub(crate) question: String,
}

/// An alias hides what a reply is from tokens, and from nothing else.
pub(crate) type Reply<T> = Result<T, SayError>;

/// Says a line to all.
#[igor::action("say")]
pub(crate) async fn say(who: String, said: Session<u32>, text: String, hub: Hub) -> Reply<Line> {
    if text.len() > 10 {
        return Err(SayError::TooLong { limit: 10 });
    }
    said.write(|count| *count += 1);
    let line = Line { who, text };
    hub.all().send(&Said { line: line.clone() });
    Ok(line)
}

/// How many lines this client has said.
#[igor::action("lines")]
pub(crate) fn said_count(said: Session<u32>) -> u32 {
    said.cloned()
}

/// Who the caller is.
#[igor::action("who")]
pub(crate) fn who(caller: Caller) -> String {
    caller.0
}

/// Turns bytes around.
#[igor::action("turned")]
pub(crate) fn turned(bytes: Bytes) -> Bytes {
    bytes.iter().rev().copied().collect::<Vec<_>>().into()
}

/// Counts without end.
#[igor::action("count")]
pub(crate) fn count(from: u64, bench: Scope<Bench>) -> impl Stream<Item = u64> {
    let guard = bench.guard("stream dropped");
    stream::iter(from..).inspect(move |_| {
        let _ = &guard;
    })
}

/// Fails in its middle.
#[igor::action("rows")]
pub(crate) fn rows() -> Result<impl Stream<Item = igor::Result<u32>> + use<>, SayError> {
    Ok(stream::iter([Ok(1), Err(igor::Error::forbidden("no more"))]))
}

/// Adds up rows, and says how far it is.
#[igor::action("sum")]
pub(crate) async fn sum(
    start: i64,
    mut rows: Input<i64>,
    so_far: Output<i64>,
) -> igor::Result<i64> {
    let mut sum = start;
    while let Some(row) = rows.next().await? {
        sum += row;
        so_far.send(sum).await?;
    }
    Ok(sum)
}

/// Waits for a permit, and says so.
#[igor::action("wait")]
pub(crate) async fn wait(bench: Scope<Bench>) -> u32 {
    let _guard = bench.guard("wait dropped");
    bench.tell("waiting");
    bench.permit().await;
    bench.count()
}

/// The same, and may be run twice.
#[igor::action("retry", idempotent)]
pub(crate) async fn wait_again(bench: Scope<Bench>) -> u32 {
    bench.tell("waiting");
    bench.permit().await;
    bench.count()
}

/// Says to which trace the call belongs.
#[igor::action("trace")]
pub(crate) fn trace(trace: Traceparent, from: u8) -> Option<String> {
    trace.as_str().map(|text| format!("{from}: {text}"))
}

/// How many seconds the call has left, rounded up.
#[igor::action("left")]
pub(crate) fn left(deadline: Deadline) -> Option<u64> {
    deadline.remaining().map(|left| left.as_secs_f64().ceil() as u64)
}

/// Asks the caller.
#[igor::action("ask")]
pub(crate) async fn ask(client: Client) -> igor::Result<bool> {
    client.request(&Confirm { question: "really?".into() }).await
}

/// Sleeps for an hour of the server's time.
#[igor::action("sleep", timeout = "30m")]
pub(crate) async fn sleep() {
    tokio::time::sleep(Duration::from_secs(3600)).await;
}

pub(crate) fn registry() -> Registry {
    Registry::new()
        .action::<say>()
        .action::<said_count>()
        .action::<who>()
        .action::<turned>()
        .action::<count>()
        .action::<rows>()
        .action::<sum>()
        .action::<wait>()
        .action::<wait_again>()
        .action::<ask>()
        .action::<trace>()
        .action::<left>()
        .action::<sleep>()
        .event::<Said>()
        .request::<Confirm>()
}

/// A server in memory.
pub(crate) async fn serve(bench: &Bench) -> testing::Running {
    let server = Server::new(Config::default()).registry(registry()).scope(bench.clone());
    testing::serve(server).in_time().await.unwrap_or_else(|error| panic!("not served: {error}"))
}
