//! Modules import only from floors below their own, as the table in ARCHITECTURE.md has them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What the table leaves out: the list of the public names, and what only tests and fuzzers reach.
const WITHOUT_A_FLOOR: [&str; 2] = ["fuzz", "lib"];

#[test]
fn a_module_imports_only_from_floors_below_its_own() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let architecture = fs::read_to_string(root.join("../ARCHITECTURE.md")).expect("it is there");
    let floors = floors(&architecture);
    let source = root.join("src");
    let mut mistakes = Vec::new();
    for file in rust_files(&source) {
        let name = file.strip_prefix(&source).expect("a file under it").with_extension("");
        let module = name.iter().next().and_then(|part| part.to_str()).expect("a name in UTF-8");
        if WITHOUT_A_FLOOR.contains(&module) || name.ends_with("tests") {
            continue;
        }
        let Some(own) = floors.get(module) else {
            mistakes.push(format!("`{module}` has no floor"));
            continue;
        };
        let text = fs::read_to_string(&file).expect("it is there");
        for imported in imported(&text).filter(|imported| *imported != module) {
            if floors.get(imported).is_none_or(|floor| floor >= own) {
                mistakes.push(format!("`{}` imports from `{imported}`", name.display()));
            }
        }
    }
    mistakes.dedup();
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}

/// The floor of each module: rows of `| 3 | `event` · `request` | … |`.
fn floors(architecture: &str) -> BTreeMap<&str, u32> {
    let rows = architecture.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        Some((cells.next()?.parse().ok()?, cells.next()?))
    });
    let modules = rows.flat_map(|(floor, names)| {
        names.split(" · ").map(move |name| (name.trim_matches('`'), floor))
    });
    modules.collect()
}

fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("a directory");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let files = paths.flat_map(|path| match path.is_dir() {
        true => rust_files(&path),
        false => vec![path],
    });
    files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// The modules that a file names as `crate::…`, its tests and comments aside. Macros begin with `__`
/// and stand on no floor: they expand in the user's crate.
fn imported(text: &str) -> impl Iterator<Item = &str> {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let names = lines.flat_map(|line| line.split("crate::").skip(1));
    let names = names.map(|rest| {
        let end = rest.find(|sign: char| !sign.is_alphanumeric() && sign != '_');
        &rest[..end.unwrap_or(rest.len())]
    });
    names.filter(|name| !name.starts_with("__"))
}
