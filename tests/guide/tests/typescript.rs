//! The TypeScript of the guide, of the READMEs and of the client's own docs compiles under
//! `strict`, each page with the client of what the Rust on it declares.
//!
//! What an example takes for granted stands in `surroundings.d.ts`, for all of them.

mod compiler;
mod example;

use std::fs;
use std::path::{Path, PathBuf};

use example::Example;
use igor::Registry;
use igor::emit::Emit;

/// Whatever the guide's Rust declares, page by page.
#[allow(
    clippy::all,
    clippy::unwrap_used,
    dead_code,
    unreachable_pub,
    unused_imports,
    unused_variables
)]
mod rust {
    use igor::Registry;

    include!(concat!(env!("OUT_DIR"), "/pages.rs"));
}

/// What the examples beside the runtime's own code, and its README, are about: the chat, and this.
const ABOUT_THE_RUNTIME: &str = "docs/requests.md";

/// What a page without Rust of its own speaks to.
const FIRST_PAGE: &str = "README.md";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Emits the client of a page, and lays its examples beside it; says what does not compile.
fn errors_of(page: &str, registry: Registry, examples: &[Example]) -> Vec<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guide").join(page.replace('/', "-"));
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("a folder of the test");
    }
    let mounts = vec!["pictures".to_owned()];
    let emit =
        Emit { registry, mounts, desktop: true, checks: true, traces: true, ..Emit::default() };
    emit.client(folder.join("own.ts")).unwrap_or_else(|error| panic!("{page}: {error}"));
    compiler::errors(&folder, &root(), examples)
}

#[test]
fn each_example_compiles_with_the_client_of_its_page() {
    let pages = rust::pages();
    let registry = |name: &str| {
        let page = pages.iter().find(|(page, _)| *page == name);
        page.expect("a page").1.clone()
    };
    let mut groups: Vec<_> = pages
        .iter()
        .map(|(page, own)| {
            let is_empty = own.actions().is_empty() && own.requests().is_empty();
            let registry = if is_empty { registry(FIRST_PAGE) } else { own.clone() };
            ((*page).to_owned(), registry, example::of_page(&root(), page))
        })
        .collect();
    let of_the_runtime = example::of_the_runtime(&root());
    groups.push(("runtime".to_owned(), registry(ABOUT_THE_RUNTIME), of_the_runtime));
    let count: usize = groups.iter().map(|(.., examples)| examples.len()).sum();
    assert!(count > 30, "only {count} examples were found");
    let errors: Vec<_> = groups
        .into_iter()
        .filter(|(.., examples)| !examples.is_empty())
        .flat_map(|(page, registry, examples)| errors_of(&page, registry, &examples))
        .collect();
    assert!(errors.is_empty(), "\n{}", errors.join("\n"));
}

#[test]
fn an_example_that_does_not_compile_is_told_with_its_file_and_line() {
    let example = Example {
        page: "docs/made_up.md".to_owned(),
        line: 17,
        is_typescript: true,
        code: "const words = 1;\nigor.hello(words);".to_owned(),
    };
    let hello = rust::pages().into_iter().find(|(page, _)| *page == FIRST_PAGE).expect("a page").1;
    let errors = errors_of("made_up", hello, &[example]);
    let [error] = errors.as_slice() else { panic!("{errors:?}") };
    assert!(error.starts_with("docs/made_up.md:18: TS2345: "), "{error}");
}
