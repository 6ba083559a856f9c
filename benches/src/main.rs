//! Measures what igor costs a server, beside its peers, and prints one table.
//!
//! `--quick` is rough; `--check` ends with an error where igor costs more than it may;
//! `--only 1x1,event --servers igor,hand-written --rounds 3` measures a part of it.

use std::env;
use std::error::Error;
use std::process::ExitCode;

use igor_benches::options::Options;
use igor_benches::table::{HEAD, Rounds, TARGETS};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let options = Options::read(env::args().skip(1))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;

    println!("{HEAD}");
    let mut holds = true;
    for target in TARGETS.iter().filter(|target| options.has_workload(target.workload)) {
        let peers = target.peers().into_iter().filter(|peer| options.has_server(*peer));
        let mut measured: Vec<_> = peers.map(|peer| (peer, Rounds::default())).collect();
        for _round in 0..options.rounds {
            for (peer, rounds) in &mut measured {
                match runtime.block_on(target.workload.measure(*peer, options.scale)) {
                    Ok(value) => rounds.push(value),
                    Err(error) => {
                        eprintln!("{}, {}: {error}", target.workload.key(), peer.name());
                        holds = false;
                    }
                }
            }
        }
        let (row, is_kept) = target.row(&measured);
        println!("{row}");
        holds &= is_kept;
    }
    Ok(if options.is_check && !holds { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
