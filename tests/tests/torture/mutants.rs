//! Servers without one rule of the session layer: the torture has to notice.

use igor::Server;

/// Leaves out the rule of the mutant, if there is one.
#[cfg(feature = "mutants")]
pub(crate) fn mutate(server: Server, mutant: Option<usize>) -> Server {
    match mutant {
        Some(index) => server.without_rule(index).0,
        None => server,
    }
}

/// Without the feature there are no mutants.
#[cfg(not(feature = "mutants"))]
pub(crate) fn mutate(server: Server, _: Option<usize>) -> Server {
    server
}

#[cfg(feature = "mutants")]
mod survival {
    use futures_util::{StreamExt as _, stream};
    use igor::{Config, Server};

    use crate::{AT_ONCE, number, seed};

    /// A mutant that lives through so many seeds has survived.
    const SEEDS: u64 = 400;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn no_rule_of_the_session_layer_can_be_left_out() {
        let mut survivors = Vec::new();
        for mutant in 0..Server::RULES {
            let (_, name) = Server::new(Config::default()).without_rule(mutant);
            if number("TORTURE_MUTANT").is_some_and(|only| only != mutant as u64) {
                continue;
            }
            let seeds = 0..number("TORTURE_SEEDS").unwrap_or(SEEDS);
            let mut verdicts = stream::iter(seeds)
                .map(|seed| seed::run(seed, Some(mutant)))
                .buffer_unordered(AT_ONCE)
                .filter_map(|verdict| std::future::ready(verdict.err()))
                .boxed();
            match verdicts.next().await {
                Some(mistake) => {
                    let mistake: String = mistake.chars().take(200).collect();
                    println!("without {name} ({mutant}): {mistake}");
                }
                None => survivors.push(name),
            }
        }
        assert!(survivors.is_empty(), "nobody noticed that {survivors:?} were left out");
    }
}
