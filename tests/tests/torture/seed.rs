//! One seed: a server, its clients and their proxies, from the start to the verdict.

use futures_util::future::join_all;
use igor_tests::Dice;

use crate::case::Case;
use crate::client::Client;
use crate::fault::Way;
use crate::proxy::Proxy;
use crate::world::World;

/// Runs a seed, with all rules or with one left out; says what was wrong, and all that was done.
pub(crate) async fn run(seed: u64, mutant: Option<usize>) -> Result<(), String> {
    let clients = 1 + Dice::new(seed, 0).below(2);
    let mut proxies = Vec::new();
    for client in 0..clients {
        proxies.push(Proxy::start(move |index| Way::of(seed, client, index)).await);
    }
    let world = World::start(seed, proxies, mutant).await;
    let runs = (0..clients).map(|client| {
        let dice = Dice::new(seed, 200 + client);
        Client::new(&world, Case::of(seed, client), dice, client as usize).run()
    });
    let mistakes: Vec<String> = join_all(runs)
        .await
        .into_iter()
        .enumerate()
        .filter_map(|(client, verdict)| {
            let mistake = verdict.err()?;
            let story = world.proxies[client].story().join("\n    ");
            let case = Case::of(seed, client as u64);
            Some(format!("  client {client}: {mistake}\n  {case:?}\n    {story}"))
        })
        .collect();
    if mistakes.is_empty() {
        return Ok(());
    }
    let text = mistakes.join("\n");
    Err(format!("seed {seed} (again with TORTURE_SEED={seed}):\n{text}"))
}
