//! The modules of the runtime: what stands in a client only when something asks for it.

use crate::contract::Catalog;
use crate::data::tokens;
use crate::emit::{Emit, Language};

/// A module that a client has.
#[derive(Debug)]
pub(super) struct Module {
    /// What its function is called, and its entry in the package.
    pub(super) name: &'static str,
    typescript: &'static str,
    javascript: &'static str,
    /// The expression that makes it, for the list that `connect` hands to `open`.
    pub(super) made: String,
    /// What it adds to the client: a member's name, its type, and what stands in its brackets.
    pub(super) member: Option<(&'static str, &'static str, String)>,
}

impl Module {
    /// Its text, to stand behind the core.
    pub(super) fn text(&self, language: Language) -> &'static str {
        match language {
            Language::TypeScript => self.typescript,
            Language::JavaScript => self.javascript,
        }
    }

    /// Whether it has types for its users.
    pub(super) fn has_types(&self) -> bool {
        self.typescript.contains("\nexport type {")
    }
}

/// The modules that a client of this catalog needs, and those that were asked for.
pub(super) fn needed(catalog: &Catalog, emit: &Emit) -> Vec<Module> {
    let desktop = emit.desktop.then(desktop);
    [desktop, exact(catalog), files(&emit.mounts)].into_iter().flatten().collect()
}

/// A page in a desktop window, which asks its main process where the server is.
fn desktop() -> Module {
    Module {
        name: "desktop",
        typescript: include_str!("modules/desktop.ts"),
        javascript: include_str!("modules/desktop.js"),
        made: "desktop()".to_owned(),
        member: None,
    }
}

/// The files of the mounts, which a page asks for by their names.
fn files(mounts: &[String]) -> Option<Module> {
    let names: Vec<_> = mounts.iter().map(|name| format!("\"{name}\"")).collect();
    (!names.is_empty()).then(|| Module {
        name: "files",
        typescript: include_str!("modules/files.ts"),
        javascript: include_str!("modules/files.js"),
        made: "files()".to_owned(),
        member: Some(("files", "Files", names.join(" | "))),
    })
}

/// What only a binary frame can hold, as TypeScript calls it.
const EXACT: &[&str] = &["Date", "Uint8Array", "bigint"];

/// Binary frames: for a catalog with exact values anywhere. It is told of which actions the
/// arguments may hold some, so that the others are written without a look.
fn exact(catalog: &Catalog) -> Option<Module> {
    let texts = catalog.actions.iter().flat_map(|action| action.texts());
    if !is_exact(catalog, texts.chain(catalog.events.iter().map(|event| event.payload.as_str()))) {
        return None;
    }
    let asks = catalog.actions.iter().filter(|action| {
        is_exact(catalog, action.parameters.iter().map(|(_, text)| text.as_str()))
    });
    let names: Vec<_> = asks.map(|action| format!("\"{}\"", action.name)).collect();
    Some(Module {
        name: "exact",
        typescript: include_str!("modules/exact.ts"),
        javascript: include_str!("modules/exact.js"),
        made: format!("exact([{}])", names.join(", ")),
        member: None,
    })
}

/// Whether any of these types has an exact value in it, however deep.
fn is_exact<'a>(catalog: &Catalog, texts: impl Iterator<Item = &'a str>) -> bool {
    let texts: Vec<_> = texts.collect();
    let has = |text: &str| tokens::names(text).iter().any(|name| EXACT.contains(name));
    texts.iter().any(|text| has(text))
        || catalog.reachable(texts).iter().any(|declaration| has(&declaration.text))
}
