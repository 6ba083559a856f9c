//! `docs/types.md` names a test for each of its rows, and each is there.

use std::path::Path;

use crate::rows;

const PAGE: &str = include_str!("../../../docs/types.md");

/// The text of every `…` in a line of the page's tables, in its last column.
fn named() -> impl Iterator<Item = &'static str> {
    let rows = PAGE.lines().filter(|line| line.starts_with("| ") && line.contains('`'));
    let last = rows.filter_map(|row| row.trim_end_matches(" |").rsplit("| ").next());
    last.flat_map(|cell| cell.split(", ").map(|name| name.trim().trim_matches('`')))
        .filter(|name| name.contains("::") || name.ends_with(".rs"))
}

/// Tests are told by what is in their sources: the name behind the module is a function there, or
/// one of `rows!`.
fn is_there(test: &str) -> bool {
    if let Some(refused) = test.strip_prefix("refused::") {
        return include_str!("refused.rs").contains(&format!("\nfn {refused}()"));
    }
    if let Some(exact) = test.strip_prefix("client::exact::") {
        return include_str!("client/exact.rs").contains(&format!("\nasync fn {exact}()"));
    }
    if test.ends_with(".rs") {
        let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../igor/tests/refuses");
        return cases.join(test).exists();
    }
    rows::all().iter().any(|row| format!("{}::{}", row.module, row.test) == test)
}

#[test]
fn each_test_that_the_page_names_is_there() {
    let missing: Vec<_> = named().filter(|name| !is_there(name)).collect();
    assert!(missing.is_empty(), "not there: {missing:?}");
    assert!(named().count() > 50, "the tables were not read");
}

#[test]
fn the_page_names_each_row() {
    let all = rows::all();
    let tests = all.iter().map(|row| format!("{}::{}", row.module, row.test));
    let missing: Vec<_> = tests.filter(|test| !named().any(|name| name == test)).collect();
    assert!(missing.is_empty(), "not on the page: {missing:?}");
}
