//! Every link between the papers of the project leads to a file, and to a heading of it.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Where papers stand, from the root.
const FOLDERS: [&str; 6] =
    [".", "docs", "igor-client-ts", "igor-macros", "igor/fuzz", "examples/chat/electron"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the root")
}

/// The papers, each with its text without what stands in blocks of code.
fn papers() -> HashMap<PathBuf, String> {
    let mut papers = HashMap::new();
    for folder in FOLDERS {
        let entries = fs::read_dir(root().join(folder)).expect("a folder of the project");
        for path in entries.map(|entry| entry.expect("a file").path()) {
            if path.extension().is_some_and(|ending| ending == "md") {
                let text = fs::read_to_string(&path).expect("a paper");
                let prose: Vec<_> = text.split("\n```").step_by(2).collect();
                papers.insert(path.canonicalize().expect("it is there"), prose.join("\n"));
            }
        }
    }
    papers
}

/// What a heading is called in a link.
fn anchor(heading: &str) -> String {
    let kept = |letter: &char| letter.is_alphanumeric() || " -_".contains(*letter);
    heading.trim().chars().filter(kept).collect::<String>().to_lowercase().replace(' ', "-")
}

/// The targets of the links in a text.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0))
}

#[test]
fn each_link_between_the_papers_leads_somewhere() {
    let papers = papers();
    let mut wrong = Vec::new();
    let mut count = 0;
    for (paper, text) in &papers {
        for link in links(text).filter(|link| !link.contains(':')) {
            count += 1;
            let (path, heading) = link.split_once('#').unwrap_or((link, ""));
            let folder = paper.parent().expect("it stands in a folder");
            let target = if path.is_empty() { paper.clone() } else { folder.join(path) };
            let found = target.canonicalize().ok();
            let has_heading = |text: &String| {
                let headings = text.lines().filter(|line| line.starts_with('#'));
                headings.map(|line| anchor(line.trim_start_matches('#'))).any(|it| it == heading)
            };
            let is_there = found.is_some_and(|target| {
                heading.is_empty() || papers.get(&target).is_none_or(has_heading)
            });
            if !is_there {
                wrong.push(format!("{}: {link}", paper.display()));
            }
        }
    }
    assert!(count > 100, "only {count} links were found");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
