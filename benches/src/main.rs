//! Measures what igor costs a server, beside its peers, and prints one table.
//!
//! `--quick` is rough; `--check` ends with an error where igor costs more than it may; further
//! words choose workloads by a part of their names, and `--only=igor` one server.

use std::env;
use std::error::Error;
use std::process::ExitCode;

use igor_benches::table::{HEAD, Rounds, TARGETS};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut wanted: Vec<String> = env::args().skip(1).collect();
    let mut flag = |name: &str| {
        let before = wanted.len();
        wanted.retain(|word| word != name);
        wanted.len() < before
    };
    let (is_quick, is_check) = (flag("--quick"), flag("--check"));
    let only = env::args().find_map(|word| word.strip_prefix("--only=").map(str::to_owned));
    wanted.retain(|word| !word.starts_with("--only="));
    let (rounds, scale) = if is_quick { (3, 0.2) } else { (7, 1.0) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;

    println!("{HEAD}");
    let mut holds = true;
    for target in TARGETS {
        let name = target.workload.name();
        if !wanted.is_empty() && !wanted.iter().any(|word| name.contains(word.as_str())) {
            continue;
        }
        let mut measured: Vec<_> = target
            .peers()
            .into_iter()
            .filter(|peer| only.as_deref().is_none_or(|only| only == peer.program()))
            .map(|peer| (peer, Rounds::default()))
            .collect();
        for _round in 0..rounds {
            for (peer, rounds) in &mut measured {
                match runtime.block_on(target.workload.measure(*peer, scale)) {
                    Ok(value) => rounds.push(value),
                    Err(error) => eprintln!("{name}, {}: {error}", peer.program()),
                }
            }
        }
        let (row, is_kept) = target.row(&measured);
        println!("{row}");
        holds &= is_kept;
    }
    Ok(if is_check && !holds { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
