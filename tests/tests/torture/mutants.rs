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

    use crate::node::Node;
    use crate::{AT_ONCE, number, seed};

    /// A mutant that lives through so many seeds has survived.
    const SEEDS: u64 = 400;

    /// The rules of the real client, by their names in its source. One more cannot be missed from
    /// outside, because nothing comes between: that the new key is stored before it is
    /// acknowledged.
    const CLIENT_RULES: [&str; 8] = [
        "dropsDuplicates",
        "closesOnGap",
        "keepsUntilAcked",
        "fencesOldSocket",
        "raisesAttempt",
        "awaitsWelcome",
        "heedsGoodbye",
        "keepsPage",
    ];

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn no_rule_of_the_server_can_be_left_out() {
        let mut survivors = Vec::new();
        for mutant in 0..Server::RULES {
            let (_, name) = Server::new(Config::default()).without_rule(mutant);
            if survives(&name, |seed| seed::run(seed, Some(mutant))).await {
                survivors.push(name);
            }
        }
        assert!(survivors.is_empty(), "nobody noticed that {survivors:?} were left out");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn no_rule_of_the_client_can_be_left_out() {
        let mut survivors = Vec::new();
        for name in CLIENT_RULES {
            let node = Node::start(Some(name));
            if survives(name, |seed| seed::run_in_node(seed, &node)).await {
                survivors.push(name);
            }
        }
        assert!(survivors.is_empty(), "nobody noticed that {survivors:?} were left out");
    }

    /// Runs seeds until one notices.
    async fn survives<Run>(name: &str, run: impl Fn(u64) -> Run) -> bool
    where
        Run: Future<Output = Result<(), String>>,
    {
        let mut verdicts = stream::iter(0..number("TORTURE_SEEDS").unwrap_or(SEEDS))
            .map(run)
            .buffer_unordered(AT_ONCE)
            .enumerate()
            .boxed_local();
        while let Some((passed, verdict)) = verdicts.next().await {
            if let Err(mistake) = verdict {
                let mistake: String = mistake.chars().take(200).collect();
                println!("without {name}, after {passed} seeds: {mistake}");
                return false;
            }
        }
        true
    }
}
