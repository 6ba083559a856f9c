//! What a part of the run has found, and its place in `docs/performance.md`.

use std::{fs, io};

use crate::rounds::digits;

/// Where the tables stand, seen from `benches`.
const PAGE: &str = "../docs/performance.md";

/// A table, and whether what it shows is as it should be.
#[derive(Clone, Debug)]
pub struct Report {
    /// The name of its place in the page.
    pub name: &'static str,
    /// Markdown.
    pub table: String,
    /// Whether every bound is kept.
    pub is_kept: bool,
}

impl Report {
    /// A table that has its head and no rows yet.
    pub fn new(name: &'static str, columns: &[&str]) -> Self {
        let rule = "---|".repeat(columns.len());
        let table = format!("| {} |\n|{rule}", columns.join(" | "));
        Report { name, table, is_kept: true }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: &[String]) {
        self.table += &format!("\n| {} |", cells.join(" | "));
    }

    /// Tells how far a table is that takes long.
    pub fn tell_last(&self) {
        if let Some(row) = self.table.lines().last() {
            eprintln!("{row}");
        }
    }

    /// Whether there is any row yet.
    pub fn has_rows(&self) -> bool {
        self.table.lines().count() > 2
    }

    /// A ratio of medians, and in brackets that of the best rounds beside the most that it may be.
    /// One that could not be had keeps no bound.
    pub fn bound(&mut self, median: Option<f64>, best: Option<f64>, most: f64) -> String {
        let is_kept = best.is_some_and(|best| best <= most);
        self.is_kept &= is_kept;
        let [median, best] = [median, best].map(|ratio| ratio.map_or("–".to_owned(), digits));
        format!("{median} ({best} {} {most})", if is_kept { "≤" } else { "**over**" })
    }

    /// Puts the table into its place in the page.
    ///
    /// # Errors
    ///
    /// Those of the file, and a page without the place.
    pub fn write(&self) -> io::Result<()> {
        let page = fs::read_to_string(PAGE)?;
        let (begin, end) = (format!("<!-- benches: {} -->\n", self.name), "<!-- end -->");
        let placed = page.split_once(&begin).and_then(|(before, rest)| {
            let (_, after) = rest.split_once(end)?;
            Some(format!("{before}{begin}{}\n{end}{after}", self.table))
        });
        let missing = || io::Error::other(format!("{PAGE} has no place for `{}`", self.name));
        fs::write(PAGE, placed.ok_or_else(missing)?)
    }
}
