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
    /// Which of its types the generated code names.
    pub(super) types: &'static [&'static str],
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
    let traces = (emit.traces && !catalog.actions.is_empty()).then(traces);
    let checks = emit.checks.then(checks);
    let (exact, files) = (exact(catalog), files(&emit.mounts));
    [desktop, exact, files, inputs(catalog), requests(catalog), traces, checks]
        .into_iter()
        .flatten()
        .collect()
}

/// Checks of what the server says; the last module, because it sees what the others see.
fn checks() -> Module {
    Module {
        name: "checks",
        typescript: include_str!("modules/checks.ts"),
        javascript: include_str!("modules/checks.js"),
        made: "checks(expected)".to_owned(),
        types: &["Checked", "Expected"],
        member: None,
    }
}

/// A page in a desktop window, which asks its main process where the server is.
fn desktop() -> Module {
    Module {
        name: "desktop",
        typescript: include_str!("modules/desktop.ts"),
        javascript: include_str!("modules/desktop.js"),
        made: "desktop()".to_owned(),
        types: &[],
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
        types: &["Files"],
        member: Some(("files", "Files", names.join(" | "))),
    })
}

/// Calls that say their trace; behind the exact values, because it writes behind theirs.
fn traces() -> Module {
    Module {
        name: "traces",
        typescript: include_str!("modules/traces.ts"),
        javascript: include_str!("modules/traces.js"),
        made: "traces()".to_owned(),
        types: &["Traced", "TracedOptions"],
        member: None,
    }
}

/// Items that the caller sends: for a catalog with an action that takes some.
fn inputs(catalog: &Catalog) -> Option<Module> {
    catalog.actions.iter().any(|action| action.input.is_some()).then(|| Module {
        name: "inputs",
        typescript: include_str!("modules/inputs.ts"),
        javascript: include_str!("modules/inputs.js"),
        made: "inputs()".to_owned(),
        types: &["Input", "SendingCaller"],
        member: None,
    })
}

/// Answers to the server: for a catalog with requests.
fn requests(catalog: &Catalog) -> Option<Module> {
    (!catalog.requests.is_empty()).then(|| Module {
        name: "requests",
        typescript: include_str!("modules/requests.ts"),
        javascript: include_str!("modules/requests.js"),
        made: "requests()".to_owned(),
        types: &["RequestHandlers"],
        member: None,
    })
}

/// What only a binary frame can hold, as TypeScript calls it.
const EXACT: &[&str] = &["Date", "Uint8Array", "bigint"];

/// Binary frames: for a catalog with exact values anywhere. It is told of which actions and
/// requests the page's data may hold some, so that the others are written without a look.
fn exact(catalog: &Catalog) -> Option<Module> {
    let texts = catalog.actions.iter().flat_map(|action| action.texts());
    let texts = texts.chain(catalog.events.iter().map(|event| event.payload.as_str()));
    if !is_exact(catalog, texts.chain(catalog.requests.iter().flat_map(|request| request.texts())))
    {
        return None;
    }
    let calls = catalog.actions.iter().filter(|action| is_exact(catalog, action.sent()));
    let answers =
        catalog.requests.iter().filter(|it| is_exact(catalog, [it.reply.as_str()].into_iter()));
    let names = calls.map(|action| action.name).chain(answers.map(|request| request.name));
    let names: Vec<_> = names.map(|name| format!("\"{name}\"")).collect();
    Some(Module {
        name: "exact",
        typescript: include_str!("modules/exact.ts"),
        javascript: include_str!("modules/exact.js"),
        made: format!("exact([{}])", names.join(", ")),
        types: &[],
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
