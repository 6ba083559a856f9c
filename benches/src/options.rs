//! What the command line asks for.

use crate::dialect::Peer;
use crate::target::TARGETS;

/// The parts of a run, in their order. Those in front of `soak` are what `benches/run` does when it
/// is told nothing.
pub const PARTS: [&str; 8] =
    ["table", "growth", "units", "slow", "cores", "soak", "client", "programs"];

/// How many of them are measured without being asked for.
const ORDINARY: usize = 5;

/// The words of the command line, understood.
#[derive(Clone, Debug)]
pub struct Options {
    /// `--check`: end with an error where a bound is passed.
    pub is_check: bool,
    /// `--write`: put the tables into `docs/performance.md`.
    pub is_write: bool,
    /// `--rounds 5`: how often each server is measured.
    pub rounds: usize,
    /// How many operations there are in a round, beside those of a thorough one.
    pub scale: f64,
    /// `--only 1x1,event,slow`: these workloads and parts and no others.
    only: Vec<String>,
    /// `--servers igor,hand-written`: these servers and no others.
    servers: Vec<String>,
}

impl Options {
    /// Understands the words behind the program's name.
    ///
    /// # Errors
    ///
    /// What is not understood, and what would be.
    pub fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Options {
            is_check: false,
            is_write: false,
            rounds: 0,
            scale: 1.0,
            only: PARTS[..ORDINARY].iter().map(|part| part.to_string()).collect(),
            servers: Peer::ALL.iter().map(|peer| peer.name().to_owned()).collect(),
        };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("`{word}` wants a value"));
            match word.as_str() {
                "--quick" => options.scale = 0.2,
                "--check" => options.is_check = true,
                "--write" => options.is_write = true,
                "--all" => options.only = PARTS.map(str::to_owned).to_vec(),
                "--rounds" => {
                    let rounds = value()?;
                    options.rounds = rounds.parse().map_err(|_| format!("`{rounds}` rounds"))?;
                }
                "--only" => {
                    let workloads = TARGETS.map(|target| target.workload.key());
                    let known = workloads.into_iter().chain(PARTS.map(str::to_owned));
                    options.only = list(&value()?, &known.collect::<Vec<_>>())?;
                }
                "--servers" => {
                    let known = Peer::ALL.map(|peer| peer.name().to_owned());
                    options.servers = list(&value()?, &known)?;
                }
                _ => return Err(format!("`{word}` is none of {FLAGS}")),
            }
        }
        if options.rounds == 0 {
            options.rounds = if options.is_rough() { 3 } else { 5 };
        }
        Ok(options)
    }

    /// Whether this is a rough run.
    pub fn is_rough(&self) -> bool {
        self.scale < 1.0
    }

    /// Whether this part, or one of its workloads, is to be measured.
    pub fn has_part(&self, part: &str) -> bool {
        has(&self.only, part) || (part == "table" && self.only.iter().any(|word| !is_part(word)))
    }

    /// Whether this workload of the table is to be measured.
    pub fn has_workload(&self, key: &str) -> bool {
        has(&self.only, "table") || has(&self.only, key)
    }

    /// Whether this server is to be measured.
    pub fn has_server(&self, peer: Peer) -> bool {
        has(&self.servers, peer.name())
    }
}

const FLAGS: &str = "`--quick`, `--check`, `--write`, `--all`, `--rounds N`, `--only NAMES`, \
                     `--servers NAMES`";

fn is_part(word: &str) -> bool {
    PARTS.contains(&word)
}

/// The words between commas, each of which has to name something.
fn list(words: &str, known: &[String]) -> Result<Vec<String>, String> {
    for word in words.split(',') {
        if !known.iter().any(|name| is_meant(word, name)) {
            return Err(format!("`{word}` is none of {}", known.join(", ")));
        }
    }
    Ok(words.split(',').map(str::to_owned).collect())
}

fn has(words: &[String], name: &str) -> bool {
    words.iter().any(|word| is_meant(word, name))
}

/// A word means what has its name, or what has it in front of a size: `event` means `event-1000`.
fn is_meant(word: &str, name: &str) -> bool {
    name.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}
