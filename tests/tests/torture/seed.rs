//! One seed: a server, its clients and their proxies, from the start to the verdict.

use futures_util::future::join_all;
use igor_tests::Dice;

use crate::case::Case;
use crate::client::Client;
use crate::fault::Way;
use crate::lines::Follower;
use crate::node::Node;
use crate::proxy::Proxy;
use crate::world::World;

/// Runs a seed with the real client; says what was wrong, and all that was done.
pub(crate) async fn run_in_node(seed: u64, node: &Node) -> Result<(), String> {
    let world = world(seed, None).await;
    let contract = world.contract().await;
    let runs = (0..world.proxies.len()).map(|client| {
        let lines = node.play(&world, &contract, client, &Case::of(seed, client as u64));
        Follower::new(&world, node, client).follow(lines)
    });
    verdict(seed, &world, join_all(runs).await)
}

/// Runs a seed, with all rules or with one left out; says what was wrong, and all that was done.
pub(crate) async fn run(seed: u64, mutant: Option<usize>) -> Result<(), String> {
    let world = world(seed, mutant).await;
    let runs = (0..world.proxies.len()).map(|index| {
        let dice = Dice::new(seed, 200 + index as u64);
        Client::new(&world, Case::of(seed, index as u64), dice, index).run()
    });
    verdict(seed, &world, join_all(runs).await)
}

/// A server and a proxy for each client.
async fn world(seed: u64, mutant: Option<usize>) -> World {
    let clients = 1 + Dice::new(seed, 0).below(2);
    let mut proxies = Vec::new();
    for client in 0..clients {
        proxies.push(Proxy::start(move |index| Way::of(seed, client, index)).await);
    }
    World::start(seed, proxies, mutant).await
}

/// What was wrong with any of the clients, and what had been done to it.
fn verdict(seed: u64, world: &World, verdicts: Vec<Result<(), String>>) -> Result<(), String> {
    let mistakes = verdicts.into_iter().enumerate().filter_map(|(client, verdict)| {
        let mistake = verdict.err()?;
        let story = world.proxies[client].story().join("\n    ");
        let case = Case::of(seed, client as u64);
        Some(format!("  client {client}: {mistake}\n  {case:?}\n    {story}"))
    });
    let text = mistakes.collect::<Vec<_>>().join("\n");
    if text.is_empty() {
        return Ok(());
    }
    Err(format!("seed {seed} (again with TORTURE_SEED={seed}):\n{text}"))
}
