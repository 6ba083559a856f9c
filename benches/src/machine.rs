//! The machine of a run, in words.

use std::fs;
use std::process::Command;

use crate::options::Options;
use crate::report::Report;

/// Says on what it was measured, with which versions, and how thoroughly.
pub fn describe(options: &Options) -> Report {
    let information = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        information.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    let processors = information.lines().filter(|line| line.starts_with("processor")).count();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let model = model.unwrap_or("a processor without a name");
    let versions = [("rustc", "rustc"), ("Node.js", "node"), ("Chromium", "chromium")];
    let versions = versions.map(|(name, program)| format!("{name} {}", version(program)));
    let table = format!(
        "Measured with `benches/run{}`, {} rounds, on {processors} cores of {model}, Linux {}, {}.",
        if options.is_rough() { " --quick" } else { "" },
        options.rounds,
        kernel.trim(),
        versions.join(", "),
    );
    Report { name: "machine", table, is_kept: true }
}

/// The first word with a digit of what a program says of its version.
fn version(program: &str) -> String {
    let output = Command::new(program).arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let text = text.unwrap_or_default();
    let mut words = text.split_whitespace();
    let version = words.find(|word| word.contains(|sign: char| sign.is_ascii_digit()));
    version.unwrap_or("(not there)").to_owned()
}
