//! Programs in Node.js that use the real TypeScript client.

use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

/// A program of this folder's in Node.js: it is told by its input what to do, and is killed with
/// its handle.
///
/// # Panics
///
/// When the packages of the TypeScript client are not installed.
pub fn node(script: &str) -> Command {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let has_packages = tests.join("../igor-client-ts/node_modules/ws").exists();
    assert!(has_packages, "the npm packages are missing: run `npm ci` in igor-client-ts");
    let mut command = Command::new("node");
    command.arg(tests.join(script));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    command
}
