//! The session layer under torture: real sockets, and a proxy that does them harm.
//!
//! Each seed is a server, one client or two and a proxy for each. From the seed follows what the
//! clients do and what happens to their connections. Afterwards each event must have come once
//! and in order, or have been told as missed in its place; each call must have been executed once
//! and answered once; each stream must have been whole; and no session may have been lost but
//! where the proxy's clock shows that its time was over, the server was killed, or a bound was
//! passed on purpose.
//!
//! The clients are one in Rust, written from the protocol and nothing else, and the real one in
//! TypeScript, which runs in Node.js and needs `npm ci` in `igor-client-ts`.
//!
//! `TORTURE_SEEDS=5000` runs more seeds, `TORTURE_SEED=17` one; both together run that one so many
//! times, beside itself, for what depends on who is first. With `--features mutants` each rule
//! of the session layer is left out, one at a time, until a seed notices.

mod calls;
mod case;
mod client;
mod events;
mod fault;
mod lag;
mod lines;
mod mutants;
mod node;
mod offer;
mod proxy;
mod seed;
mod thief;
mod world;

use futures_util::{StreamExt as _, stream};

use crate::node::Node;

/// So many seeds unless it is said otherwise.
const SEEDS: u64 = 300;

/// So many at the same time: they mostly wait.
const AT_ONCE: usize = 24;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_to_the_sockets_nothing_is_lost_and_nothing_comes_twice() {
    assert_none_fails(|seed| seed::run(seed, None)).await;
}

/// Runs all seeds that are asked for.
async fn assert_none_fails<Run: Future<Output = Result<(), String>>>(run: impl Fn(u64) -> Run) {
    let seeds: Vec<u64> = match (number("TORTURE_SEED"), number("TORTURE_SEEDS")) {
        (Some(seed), times) => (0..times.unwrap_or(1)).map(|_| seed).collect(),
        (None, seeds) => (0..seeds.unwrap_or(SEEDS)).collect(),
    };
    let mut failures: Vec<String> = stream::iter(seeds)
        .map(run)
        .buffer_unordered(AT_ONCE)
        .filter_map(|verdict| std::future::ready(verdict.err()))
        .collect()
        .await;
    let count = failures.len();
    failures.truncate(3);
    assert!(count == 0, "{count} seeds failed, the first of them:\n{}", failures.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_and_nothing_comes_twice_for_the_real_client_in_node() {
    let node = Node::start(None);
    let node = &node;
    assert_none_fails(|seed| async move { seed::run_in_node(seed, node).await }).await;
}

/// A number that the environment gives.
fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("`{name}` is not a number: `{text}`")))
}
