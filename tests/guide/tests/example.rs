//! An example in TypeScript, and where it stands.

use std::fs;
use std::path::Path;

/// One example.
#[derive(Debug)]
pub(crate) struct Example {
    /// The file that it stands in, from the root.
    pub(crate) page: String,
    /// The line of its first line, from 1.
    pub(crate) line: usize,
    /// Whether it is TypeScript and not JavaScript.
    pub(crate) is_typescript: bool,
    /// What it says.
    pub(crate) code: String,
}

/// The examples of a page in Markdown.
pub(crate) fn of_page(root: &Path, page: &str) -> Vec<Example> {
    read(root, page, |line| Some(line))
}

/// The examples of the runtime's README and of the comments in its code.
pub(crate) fn of_the_runtime(root: &Path) -> Vec<Example> {
    let mut examples = of_page(root, "igor-client-ts/README.md");
    let mut folders = vec!["igor-client-ts/src".to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(root.join(&folder)).expect("the runtime");
        for entry in entries.map(|entry| entry.expect("a file")) {
            let path = format!("{folder}/{}", entry.file_name().to_str().expect("a name"));
            if entry.path().is_dir() {
                folders.push(path);
            } else {
                examples.extend(read(root, &path, of_comment));
            }
        }
    }
    examples
}

/// What a line of a comment says.
fn of_comment(line: &str) -> Option<&str> {
    let said = line.trim_start().strip_prefix('*')?;
    Some(said.strip_prefix(' ').unwrap_or(said))
}

fn read(root: &Path, page: &str, said: impl Fn(&str) -> Option<&str>) -> Vec<Example> {
    let text = fs::read_to_string(root.join(page)).expect("a page");
    let mut lines = text.lines().enumerate();
    let mut examples = Vec::new();
    while let Some((at, line)) = lines.next() {
        let Some(kind) = said(line).and_then(|line| line.strip_prefix("```")) else { continue };
        let code: Vec<_> = lines
            .by_ref()
            .map_while(|(_, line)| said(line))
            .take_while(|line| !line.starts_with("```"))
            .collect();
        if ["ts", "js"].contains(&kind) {
            let (page, code) = (page.to_owned(), code.join("\n"));
            examples.push(Example { page, line: at + 2, is_typescript: kind == "ts", code });
        }
    }
    examples
}
