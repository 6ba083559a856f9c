//! The emitted client itself, in Node.js, at a real server.

mod exact;
mod lies;

use std::path::{Path, PathBuf};

use igor::Registry;
use igor::emit::Emit;
use igor_tests::{Running, TOKEN, node, within};

/// Emits the client of a registry, serves it, and runs a script of `tests/types` with the client's
/// file, the server's address and the token.
///
/// # Panics
///
/// When the script fails.
async fn run(script: &str, emit: Emit) {
    let client = emitted(script, &emit);
    let server = Running::serve(emit.registry).await;
    let mut program = node(&format!("types/{script}.mjs"));
    program.arg(client).arg(format!("ws://{}/", server.handle().address())).arg(TOKEN);
    let ended = within("the end of the script", program.output()).await;
    let ended = ended.unwrap_or_else(|error| panic!("`node` was not started: {error}"));
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{said}");
    server.stop().await;
}

fn emitted(name: &str, emit: &Emit) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("clients").join(name);
    let path = folder.join("igor-client.mjs");
    emit.client(&path).expect("written");
    path
}

fn emit(registry: Registry) -> Emit {
    Emit { registry, ..Emit::default() }
}
