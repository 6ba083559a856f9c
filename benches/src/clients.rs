//! The clients, in Node and in Chromium: what `client/bench.mjs` finds.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::command::succeed;
use crate::options::Options;
use crate::report::Report;

/// Measures them; the table is the script's.
pub fn measure(options: &Options) -> Report {
    let run = || -> io::Result<(String, bool)> {
        if !Path::new("client/node_modules").exists() {
            succeed(
                Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir("client"),
            )?;
        }
        let igor = std::env::current_exe()?.with_file_name("igor");
        succeed(Command::new(igor).arg("client/generated/igor-client.js"))?;
        let (rounds, scale) = (options.rounds.to_string(), options.scale.to_string());
        let measured = Command::new("taskset")
            .args(["--cpu-list", "0,1", "node", "client/bench.mjs", &rounds, &scale])
            .stderr(Stdio::inherit())
            .output()?;
        let table = String::from_utf8(measured.stdout).map_err(io::Error::other)?;
        Ok((table.trim_end().to_owned(), measured.status.success()))
    };
    let (table, is_kept) =
        run().unwrap_or_else(|error| (format!("The clients were not measured: {error}"), false));
    Report { name: "client", table, is_kept }
}
