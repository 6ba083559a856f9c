//! The two doors at which a change is told: the build step, and the test of a stale client.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of its own with the client of before, and its schema beside it.
fn kept(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("doors").join(name);
    // It is not there before the first run.
    let _ = std::fs::remove_dir_all(&folder);
    for file in ["igor-client.ts", "igor-client.json"] {
        let built = build_step("build", "before", &folder.join(file));
        assert!(built.status.success(), "{built:?}");
        assert!(!text(&built.stdout).contains("cargo::warning"), "{built:?}");
    }
    folder
}

/// Goes through a door of a program with the actions of this contract.
fn build_step(door: &str, contract: &str, file: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_build-step"))
        .args([door, contract])
        .arg(file)
        .env_remove("IGOR_EMIT")
        .output()
        .expect("it starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const CHANGE: &str = "the argument `text` of `say` is gone: breaks new clients at an old server";
const BREAK: &str = "the argument `line` of `say` is new and needed: breaks old clients";

#[test]
fn the_build_step_warns_of_each_change_that_breaks_somebody_once() {
    let file = kept("build").join("igor-client.json");
    let built = build_step("build", "now", &file);
    let said = text(&built.stdout);
    assert!(built.status.success(), "{built:?}");
    for change in [CHANGE, BREAK] {
        assert!(said.contains(&format!("cargo::warning={change}\n")), "{said}");
    }
    assert!(!said.contains("breaks nobody"), "{said}");
    let again = text(&build_step("build", "now", &file).stdout);
    assert!(!again.contains("cargo::warning"), "{again}");
}

#[test]
fn the_test_of_a_stale_client_says_what_changed() {
    let file = kept("assert").join("igor-client.ts");
    let current = build_step("assert", "before", &file);
    assert!(current.status.success(), "{current:?}");
    let stale = build_step("assert", "now", &file);
    let said = text(&stale.stderr);
    assert!(!stale.status.success(), "{said}");
    assert!(said.contains("is not the client of what is linked here: write it anew by"), "{said}");
    for change in [CHANGE, BREAK, "the action `shout` is gone: "] {
        assert!(said.contains(&format!("\n{change}")), "{said}");
    }
    assert!(said.contains("\nthe argument `why` of `say` is new: breaks nobody"), "{said}");
}
