//! A server that takes what a page sends and asks it questions, for the tests of the TypeScript
//! client: bound to the test that starts it, with sessions that are kept for so many milliseconds.

use std::env;
use std::future::pending;
use std::time::Duration;

use futures_util::{Stream, StreamExt as _};
use igor::{Client, ClientId, Config, Hub, Input, Output, Scope, Server, Traceparent};
use igor_tests::Bench;

/// Sums up what it is sent.
#[igor::action("talk.sum")]
async fn sum(mut numbers: Input<u32>) -> igor::Result<u32> {
    let mut sum = 0;
    while let Some(number) = numbers.next().await? {
        sum += number;
    }
    Ok(sum)
}

/// Takes a number for each permit and tells which; says how many there were.
#[igor::action("talk.take")]
async fn take(
    mut numbers: Input<u32>,
    taken: Output<u32>,
    bench: Scope<Bench>,
) -> igor::Result<u32> {
    let mut count = 0;
    bench.permit().await;
    while let Some(number) = numbers.next().await? {
        count += 1;
        taken.send(number).await?;
        bench.permit().await;
    }
    Ok(count)
}

/// Lets so many numbers be taken.
#[igor::action("talk.allow")]
fn allow(permits: u32, bench: Scope<Bench>) {
    bench.allow(permits as usize);
}

/// Answers each word with its length.
#[igor::action("talk.lengths")]
fn lengths(words: Input<String>) -> impl Stream<Item = igor::Result<usize>> {
    words.map(|word| word.map(|word| word.len()))
}

/// Needs one word only.
#[igor::action("talk.first")]
async fn first(mut words: Input<String>) -> igor::Result<Option<String>> {
    words.next().await
}

/// Says to which trace the call belongs.
#[igor::action("talk.trace")]
fn trace(trace: Traceparent) -> Option<String> {
    trace.as_str().map(str::to_owned)
}

/// Asks whoever sits in front of the page.
#[igor::request("talk.confirm", reply = bool)]
struct Confirm {
    question: String,
}

/// Asks for something that has no time.
#[igor::request("talk.hurry", reply = (), timeout = "50ms")]
struct Hurry;

/// Asks another client, and says what came of it.
#[igor::action("talk.ask")]
async fn ask(id: ClientId, hub: Hub) -> String {
    let question = "really?".to_owned();
    match hub.client(&id).request(&Confirm { question }).await {
        Ok(answer) => answer.to_string(),
        Err(error) => error.to_string(),
    }
}

/// Asks the caller, who is too slow.
#[igor::action("talk.hurry_up")]
async fn hurry_up(client: Client) -> igor::Result<()> {
    client.request(&Hurry).await
}

#[tokio::main]
async fn main() -> igor::Result<()> {
    let (bench, _heard) = Bench::new();
    let mut config = Config::default();
    if let Some(millis) = env::args().nth(1).and_then(|word| word.parse().ok()) {
        config.session.grace = Duration::from_millis(millis);
    }
    let bound = Server::new(config).scope(bench).bind().await?;
    bound.run_until(pending()).await
}
