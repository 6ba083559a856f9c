//! What the command line asks for.

use crate::dialect::Peer;
use crate::table::TARGETS;
use crate::workload::Workload;

/// The words of the command line, understood.
#[derive(Clone, Debug)]
pub struct Options {
    /// `--check`: end with an error where a bound is passed.
    pub is_check: bool,
    /// `--rounds 5`: how often each server is measured.
    pub rounds: usize,
    /// How many operations there are in a round, beside those of a thorough one.
    pub scale: f64,
    /// `--only 1x1,event`: these workloads and no others.
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
        let mut options =
            Options { is_check: false, rounds: 0, scale: 1.0, only: vec![], servers: vec![] };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("`{word}` wants a value"));
            match word.as_str() {
                "--quick" => options.scale = 0.2,
                "--check" => options.is_check = true,
                "--rounds" => {
                    let rounds = value()?;
                    options.rounds = rounds.parse().map_err(|_| format!("`{rounds}` rounds"))?;
                }
                "--only" => options.only = list(&value()?, &TARGETS.map(|row| row.workload.key()))?,
                "--servers" => options.servers = list(&value()?, &Peer::ALL.map(Peer::name))?,
                _ => return Err(format!("`{word}` is none of {FLAGS}")),
            }
        }
        if options.rounds == 0 {
            options.rounds = if options.scale < 1.0 { 3 } else { 5 };
        }
        Ok(options)
    }

    /// Whether this workload is to be measured.
    pub fn has_workload(&self, workload: Workload) -> bool {
        has(&self.only, &workload.key())
    }

    /// Whether this server is to be measured.
    pub fn has_server(&self, peer: Peer) -> bool {
        has(&self.servers, peer.name())
    }
}

const FLAGS: &str = "`--quick`, `--check`, `--rounds N`, `--only WORKLOADS`, `--servers SERVERS`";

/// The words between commas, each of which has to name something.
fn list<T: AsRef<str>>(words: &str, known: &[T]) -> Result<Vec<String>, String> {
    let known: Vec<_> = known.iter().map(AsRef::as_ref).collect();
    for word in words.split(',') {
        if !known.iter().any(|name| is_meant(word, name)) {
            return Err(format!("`{word}` is none of {}", known.join(", ")));
        }
    }
    Ok(words.split(',').map(str::to_owned).collect())
}

fn has(words: &[String], name: &str) -> bool {
    words.is_empty() || words.iter().any(|word| is_meant(word, name))
}

/// A word means what has its name, or what has it in front of a size: `event` means `event-1000`.
fn is_meant(word: &str, name: &str) -> bool {
    name.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}
