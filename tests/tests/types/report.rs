//! All rows, examined once for all tests: the TypeScript compiler is started a single time.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use igor::Registry;
use igor::emit::{Emit, Language, Runtime};

use crate::compiler;
use crate::examination::Claim;
use crate::row::Row;
use crate::rows;
use crate::told::Told;

/// What is wrong: the test that stands for it, and what a person has to know.
type Mistake = (&'static str, String);

static REPORT: LazyLock<Result<Vec<Mistake>, String>> = LazyLock::new(examine);

/// Fails when a row of this test is not true.
pub(crate) fn assert_true(test: &str) {
    let report = REPORT.as_ref().unwrap_or_else(|error| panic!("{error}"));
    let mistakes: Vec<_> = report.iter().filter(|(of, _)| *of == test).collect();
    let texts: Vec<_> = mistakes.iter().take(5).map(|(_, text)| text.as_str()).collect();
    assert!(mistakes.is_empty(), "{} mistakes, as\n{}", mistakes.len(), texts.join("\n"));
}

fn examine() -> Result<Vec<Mistake>, String> {
    let rows = rows::all();
    let folder = folder();
    let client = emitted(&rows)?;
    write(&folder, "igor-client.ts", &client);
    let told = Told::read(&client);
    let mut mistakes = Vec::new();
    let mut claims: Vec<(&Row, Claim)> = Vec::new();
    for row in &rows {
        let found = (row.examine)(row, &told);
        mistakes.extend(found.mistakes.into_iter().map(|text| (row.test, text)));
        claims.extend(found.claims.into_iter().map(|claim| (row, claim)));
    }
    write(&folder, "claims.ts", &written(&claims));
    for (line, said) in compiler::errors(&folder)? {
        // The first line imports.
        let (row, claim) = &claims[line - 2];
        let text = format!("`{}`: {} is not of its type: {said}", row.event, claim.json);
        mistakes.push((row.test, text));
    }
    Ok(mistakes)
}

fn emitted(rows: &[Row]) -> Result<String, String> {
    let registry = rows.iter().fold(Registry::new(), |registry, row| (row.register)(registry));
    let emit = Emit { registry, runtime: Runtime::Inside, ..Emit::default() };
    emit.text(Language::TypeScript).map_err(|error| error.message().to_owned())
}

/// A line for each value, which compiles only if it has the type.
fn written(claims: &[(&Row, Claim)]) -> String {
    let mut text = String::from("import type { Events } from \"./igor-client.ts\";\n");
    for (at, (row, claim)) in claims.iter().enumerate() {
        let line = format!("export const v{at}: Events[\"{}\"] = {};\n", row.event, claim.json);
        text.push_str(&line);
    }
    text
}

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("types");
    std::fs::create_dir_all(&folder).expect("a folder under `target`");
    folder
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).expect("a file under `target`");
}
