//! The TypeScript compiler over the examples of one page.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::example::Example;

/// Has a page's examples compiled beside its client, `own.ts`: what does not, each with its file
/// and line.
///
/// # Panics
///
/// When the compiler is not there, or complains of something else than an example.
pub(crate) fn errors(folder: &Path, root: &Path, examples: &[Example]) -> Vec<String> {
    // The same on Windows, where JSON and TypeScript take slashes, too.
    let root = &root.to_str().expect("a path in Unicode").replace('\\', "/");
    let surroundings = include_str!("surroundings.d.ts");
    let client = include_str!("client.ts").replace("<root>", root);
    write(folder, "surroundings.d.ts", surroundings);
    write(folder, "igor-client.ts", &client);
    write(folder, "tsconfig.json", &include_str!("tsconfig.json").replace("<root>", root));
    for (index, example) in examples.iter().enumerate() {
        let ending = if example.is_typescript { "ts" } else { "mjs" };
        // It stands at the line where it stands on its page, and is a module even without imports.
        let text = format!("{}{}\nexport {{}};\n", "\n".repeat(example.line - 1), example.code);
        write(folder, &format!("example-{index}.{ending}"), &text);
    }
    let said = compiled(folder, root);
    let told = |line: &str| told(line, examples);
    said.lines().filter(|line| line.contains("error TS")).map(told).collect()
}

fn write(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).expect("a file under `target`");
}

fn compiled(folder: &Path, root: &str) -> String {
    let compiler = Path::new(root)
        .join("igor-client-ts/node_modules/.bin")
        .join(if cfg!(windows) { "tsc.cmd" } else { "tsc" });
    assert!(compiler.exists(), "no TypeScript compiler: run `npm ci` in `igor-client-ts` first");
    let output = Command::new(compiler)
        .args(["--pretty", "false", "--project", "."])
        .current_dir(folder)
        .output()
        .expect("the TypeScript compiler starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() || said.contains("error TS"), "the compiler failed: {said}");
    said
}

/// `example-3.ts(12,14): error TS2322: …`, with the place on the page.
fn told(line: &str, examples: &[Example]) -> String {
    let place = || {
        let (index, rest) = line.strip_prefix("example-")?.split_once('.')?;
        let (row, said) = rest.split_once('(')?.1.split_once(',')?;
        let (_, said) = said.split_once("): error ")?;
        Some((&examples.get(index.parse::<usize>().ok()?)?.page, row, said))
    };
    let (page, row, said) = place().unwrap_or_else(|| panic!("not of an example: {line}"));
    format!("{page}:{row}: {said}")
}
