//! The text of a client: types, contract, stubs, and the runtime.

use crate::contract::{Catalog, Contract};
use crate::data::Declaration;
use crate::emit::modules::{self, Module};
use crate::emit::own::Own;
use crate::emit::stubs::{self, Style};
use crate::emit::{Emit, Language, Runtime, docs, expected, layout, reserved, witness};
use crate::error::Error;

const RUNTIME_TYPESCRIPT: &str = include_str!("runtime.ts");
const RUNTIME_JAVASCRIPT: &str = include_str!("runtime.js");

/// How each client begins, by which it is known.
pub(super) const MARK: &str = "The client of one server, written by igor";

/// What stands between the generated code and the runtime.
const DIVIDER: &str = "\
// ------------------------------------------------------------------------------------------------
// The runtime: the same for every server.
// ------------------------------------------------------------------------------------------------
";

/// What the generated function is for, whoever reads it.
const CONNECT_DOCS: &str = "\
Connects to the server. It answers at once; calls wait for the connection.

Without a `url` a page speaks to the server that it came from, everything else to \
`ws://127.0.0.1:5678/`.
";

/// Writes a client.
///
/// # Errors
///
/// `internal`, a line for each type that has a name which the client needs for itself, or of which
/// TypeScript would be told something else than serde does.
pub(super) fn written(catalog: &Catalog, language: Language, emit: &Emit) -> Result<String, Error> {
    let runtime = emit.runtime;
    let declarations = declared(catalog)?;
    let own = &Own::beside(&declarations);
    let modules = modules::needed(catalog, emit);
    let style = Style { language, own, has_traces: has(&modules, "traces") };
    let mut parts = vec![header()];
    if runtime == Runtime::Package {
        parts.push(imports(catalog, &modules, style));
    }
    if language == Language::TypeScript {
        parts.extend(declarations.into_iter().map(declaration));
        parts.push(events(catalog));
        parts.extend(requests(catalog));
    }
    parts.push(contract(&Contract::of_catalog(catalog), style));
    parts.push(actions(catalog, style));
    if emit.checks {
        parts.push(expected(emit, style));
    }
    parts.push(connect(catalog, &modules, style));
    if runtime == Runtime::Inside {
        parts.push(DIVIDER.to_owned());
        let core = match language {
            Language::TypeScript => RUNTIME_TYPESCRIPT,
            Language::JavaScript => RUNTIME_JAVASCRIPT,
        };
        let texts = [core].into_iter().chain(modules.iter().map(|module| module.text(language)));
        parts.extend(texts.map(|text| match language {
            Language::TypeScript => own.runtime(text),
            Language::JavaScript => text.to_owned(),
        }));
    }
    Ok(parts.join("\n"))
}

fn header() -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "// {MARK} {version} from its Rust. Do not edit: it is written anew.\n/* eslint-disable */\n"
    )
}

/// The types of a catalog, in the order in which its actions, events and requests use them.
fn declared(catalog: &Catalog) -> Result<Vec<&Declaration>, Error> {
    let of_actions = catalog.actions.iter().flat_map(|action| action.texts());
    let of_events = catalog.events.iter().map(|event| event.payload.as_str());
    let of_requests = catalog.requests.iter().flat_map(|request| request.texts());
    let declarations = catalog.reachable(of_actions.chain(of_events).chain(of_requests));
    let mut mistakes: Vec<_> = declarations.iter().filter_map(|it| reserved::mistake(it)).collect();
    mistakes.extend(witness::mistakes(catalog));
    Error::of_mistakes(&mistakes).map(|()| declarations)
}

/// Takes from the package what the code here uses, and offers all of it as a client with the
/// runtime inside does.
fn imports(catalog: &Catalog, modules: &[Module], style: Style<'_>) -> String {
    let mut text = String::from("import { open } from \"igor-client-ts\";\n");
    for Module { name, .. } in modules {
        text += &format!("import {{ {name} }} from \"igor-client-ts/{name}\";\n");
    }
    if style.language == Language::TypeScript {
        let stubs = stubs::fields(&catalog.actions, style);
        let is_used = |name: &&str| stubs.contains(&format!("{}<", style.own.name(name)));
        let mut types: Vec<_> = ["Call", "Stream"].into_iter().filter(is_used).collect();
        types.extend(["Client", "ConnectOptions", "Contract"]);
        if !sends(catalog) {
            types.push("Caller");
        }
        if !catalog.actions.is_empty() && !style.has_traces {
            types.push("CallOptions");
        }
        types.sort_unstable();
        let types: Vec<_> = types.into_iter().map(|name| style.own.import(name)).collect();
        text += &format!("import type {{ {} }} from \"igor-client-ts\";\n", types.join(", "));
        for Module { name, types, .. } in modules.iter().filter(|it| !it.types.is_empty()) {
            let types: Vec<_> = types.iter().map(|name| style.own.import(name)).collect();
            let types = types.join(", ");
            text += &format!("import type {{ {types} }} from \"igor-client-ts/{name}\";\n");
        }
    }
    text += "export * from \"igor-client-ts\";\n";
    if style.language == Language::TypeScript {
        for Module { name, .. } in modules.iter().filter(|module| module.has_types()) {
            text += &format!("export type * from \"igor-client-ts/{name}\";\n");
        }
    }
    text
}

fn declaration(declaration: &Declaration) -> String {
    let docs = declaration.docs.as_deref().map(docs::text_of).unwrap_or_default();
    docs::comment(&docs, 0) + &layout::declaration(&declaration.text)
}

fn events(catalog: &Catalog) -> String {
    let events = catalog.events.iter().map(|event| {
        let payload = layout::line(&event.payload);
        format!("{}  \"{}\": {payload};\n", docs::comment(event.docs, 2), event.name)
    });
    let docs = "/** The events of this server, by their names. */\n";
    match events.collect::<String>() {
        none if none.is_empty() => format!("{docs}export interface Events {{}}\n"),
        events => format!("{docs}export interface Events {{\n{events}}}\n"),
    }
}

/// What the server asks its pages, if it asks anything.
fn requests(catalog: &Catalog) -> Option<String> {
    let requests = catalog.requests.iter().map(|request| {
        let [data, reply] = request.texts().map(layout::line);
        let docs = docs::comment(request.docs, 2);
        format!("{docs}  \"{}\": {{ data: {data}; reply: {reply} }};\n", request.name)
    });
    let docs =
        "/** What this server asks its pages: what each request carries, and its answer. */\n";
    let requests: String = requests.collect();
    (!requests.is_empty()).then(|| format!("{docs}export interface Requests {{\n{requests}}}\n"))
}

fn contract(contract: &Contract, Style { language, own, .. }: Style<'_>) -> String {
    let annotation = match language {
        Language::TypeScript => format!(": {}", own.name("Contract")),
        Language::JavaScript => String::new(),
    };
    let names = contract.names.iter().map(|(name, hash)| format!("    \"{name}\": \"{hash}\",\n"));
    let names: String = names.collect();
    format!(
        "/** Names the contract that this client was written for; a program that starts the server may ask for the same. */\nexport const contract{annotation} = {{\n  hash: \"{}\",\n  names: {{\n{names}  }},\n}};\n",
        contract.hash
    )
}

fn actions(catalog: &Catalog, style: Style<'_>) -> String {
    let caller = if catalog.actions.is_empty() { "_call" } else { "call" };
    let annotation = match style.language {
        Language::TypeScript => format!(": {}", caller_type(catalog, style)),
        Language::JavaScript => String::new(),
    };
    let stubs = stubs::fields(&catalog.actions, style);
    format!(
        "/** The actions of this server. */\nconst actions = ({caller}{annotation}) => ({{\n{stubs}}});\n"
    )
}

/// What the checks expect of the server.
fn expected(emit: &Emit, style: Style<'_>) -> String {
    let annotation = match style.language {
        Language::TypeScript => format!(": {}", style.own.name("Expected")),
        Language::JavaScript => String::new(),
    };
    let docs = "/** What the server's values are, for the checks. */\n";
    format!("{docs}const expected{annotation} = {};\n", expected::of(&emit.registry))
}

/// The type of what the stubs call.
fn caller_type(catalog: &Catalog, style: Style<'_>) -> String {
    style.own.name(if sends(catalog) { "SendingCaller" } else { "Caller" })
}

fn sends(catalog: &Catalog) -> bool {
    catalog.actions.iter().any(|action| action.input.is_some())
}

fn has(modules: &[Module], name: &str) -> bool {
    modules.iter().any(|module| module.name == name)
}

fn connect(catalog: &Catalog, modules: &[Module], style: Style<'_>) -> String {
    let Style { language, own, .. } = style;
    let made: Vec<_> = modules.iter().map(|module| module.made.as_str()).collect();
    let asked = match made.join(", ") {
        none if none.is_empty() => "contract, actions, url, options".to_owned(),
        made => format!("contract, actions, url, options, [{made}]"),
    };
    let docs = docs::comment(CONNECT_DOCS, 0);
    let (client, options) = (own.name("Client"), own.name("ConnectOptions"));
    let mut types = "Events, ReturnType<typeof actions>".to_owned();
    let caller = caller_type(catalog, style);
    if sends(catalog) {
        types += &format!(", {caller}");
    }
    let members = modules.iter().filter_map(|module| module.member.as_ref());
    let mut members: String = members
        .map(|(name, kind, of)| format!(" & {{ readonly {name}: {}<{of}> }}", own.name(kind)))
        .collect();
    if !catalog.requests.is_empty() {
        members += &format!(" & {}<Requests>", own.name("RequestHandlers"));
    }
    for (name, adds) in [("traces", "Traced"), ("checks", "Checked")] {
        if has(modules, name) {
            members += &format!(" & {}", own.name(adds));
        }
    }
    // What `open` does not know of it is added by the modules.
    let cast = if members.is_empty() { "" } else { " as Igor" };
    match language {
        Language::TypeScript => format!(
            "/** The client of this server. */\n\
             export type Igor = {client}<Events> & ReturnType<typeof actions>{members};\n\n\
             {docs}\
             export function connect(url?: string | URL | {options}, options?: {options}): Igor {{\n  \
             return open<{types}>({asked}){cast};\n}}\n"
        ),
        Language::JavaScript => format!(
            "{docs}export function connect(url, options) {{\n  \
             return open({asked});\n}}\n"
        ),
    }
}
