//! Measures what igor costs, beside its peers, and prints tables.
//!
//! | option | |
//! |---|---|
//! | `--quick` | roughly |
//! | `--check` | ends with an error where igor costs more than it may |
//! | `--only 1x1,event,slow` | these workloads of the table and these parts alone |
//! | `--servers igor,hand-written` | these servers alone |
//! | `--rounds 3` | so many times |
//! | `--all` | every part, also the soak, the client and the programs |
//! | `--write` | puts the tables into `docs/performance.md` |

use std::process::ExitCode;
use std::{env, io};

use igor_benches::options::{Options, PARTS};
use igor_benches::report::Report;
use igor_benches::{clients, cores, curves, machine, programs, soak, table};
use tokio::runtime::{Builder, Runtime};

fn main() -> io::Result<ExitCode> {
    let options = match Options::read(env::args().skip(1)) {
        Ok(options) => options,
        Err(error) => {
            eprintln!("{error}");
            return Ok(ExitCode::from(2));
        }
    };
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let machine = machine::describe(&options);
    println!("{}", machine.table);
    if options.is_write {
        machine.write()?;
    }
    let mut is_kept = true;
    for part in PARTS.into_iter().filter(|part| options.has_part(part)) {
        let report = measure(part, &options, &runtime);
        println!("\n## {part}\n\n{}", report.table);
        is_kept &= report.is_kept;
        if options.is_write {
            report.write()?;
        }
    }
    Ok(if options.is_check && !is_kept { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn measure(part: &str, options: &Options, runtime: &Runtime) -> Report {
    match part {
        "growth" => curves::growth(options, runtime),
        "units" => curves::units(options, runtime),
        "slow" => curves::slow(options, runtime),
        "cores" => cores::measure(options, runtime),
        "client" => clients::measure(options),
        "programs" => programs::measure(options),
        "soak" => soak::measure(options, runtime),
        _ => table::measure(options, runtime),
    }
}
