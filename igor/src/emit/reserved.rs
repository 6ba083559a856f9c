//! Names that the generated client needs for itself.

use std::collections::HashSet;

use crate::data::Declaration;
use crate::emit::own;
use crate::registry::camel_case;

/// What the generated code declares.
const GENERATED: &[&str] =
    &["Events", "Igor", "Requests", "actions", "connect", "contract", "expected"];

/// What the platform declares and the client uses.
const PLATFORM: &[&str] = &[
    "AbortController",
    "AbortSignal",
    "Array",
    "ArrayBuffer",
    "AsyncIterable",
    "AsyncIterableIterator",
    "AsyncIterator",
    "BigInt",
    "DataView",
    "Date",
    "Error",
    "Infinity",
    "Iterable",
    "IteratorResult",
    "JSON",
    "Map",
    "Math",
    "Number",
    "Object",
    "Partial",
    "Pick",
    "Promise",
    "PromiseLike",
    "Readonly",
    "ReadonlyMap",
    "Record",
    "ReturnType",
    "Set",
    "Storage",
    "String",
    "Symbol",
    "TextDecoder",
    "TextEncoder",
    "URL",
    "Uint8Array",
    "WebSocket",
    "XMLHttpRequest",
];

/// What no type can be called.
const TYPE_WORDS: &[&str] = &[
    "any",
    "bigint",
    "boolean",
    "never",
    "number",
    "object",
    "string",
    "symbol",
    "undefined",
    "unknown",
];

/// What nothing can be called in a module.
const KEYWORDS: &[&str] = &[
    "arguments",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "undefined",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

/// Why a type cannot be declared as it is.
pub(super) fn mistake(declaration: &Declaration) -> Option<String> {
    let Declaration { ident, text, rust, .. } = declaration;
    let rename = "give it another name by `#[ts(rename = \"…\")]`";
    if text.starts_with("enum ") {
        let why = "asks for an `enum` of TypeScript, which a type alone cannot be";
        return Some(format!("`{rust}` {why}: leave `#[ts(repr(…))]` out"));
    }
    let is_name = ident.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$'))
        && ident.starts_with(|c: char| !c.is_numeric());
    if !is_name || TYPE_WORDS.contains(&ident.as_str()) || KEYWORDS.contains(&ident.as_str()) {
        return Some(format!("`{rust}` cannot be called `{ident}` in TypeScript: {rename}"));
    }
    if GENERATED.contains(&ident.as_str()) || own::stays(ident) {
        return Some(format!(
            "`{rust}` has a name that the client itself uses, `{ident}`: {rename}"
        ));
    }
    if PLATFORM.contains(&ident.as_str()) {
        let whose = "JavaScript's own, which the client uses";
        return Some(format!("`{rust}` has a name that is {whose}, `{ident}`: {rename}"));
    }
    None
}

/// What a stub calls its parameters: as TypeScript writes them, with an underscore behind what is
/// taken by the language or by the stub itself.
pub(super) fn parameter_names(names: &[&str]) -> Vec<String> {
    let mut taken: HashSet<String> = names.iter().map(|name| camel_case(name)).collect();
    let mut rename = |name: &&str| {
        let mut camel = camel_case(name);
        if KEYWORDS.contains(&camel.as_str()) || matches!(camel.as_str(), "call" | "options") {
            while !taken.insert(camel.clone()) {
                camel.push('_');
            }
        }
        camel
    };
    names.iter().map(&mut rename).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::tokens::{Token, tokens};

    /// Parameters of the runtime's own generic types and functions: nothing outside sees them.
    const TYPE_PARAMETERS: &[&str] = &[
        "Actions", "Asked", "Calls", "Caught", "Events", "Failure", "Item", "Kept", "Name", "One",
        "Output", "Payload", "Payloads", "Reply", "Requests", "Value",
    ];

    #[test]
    fn every_global_that_the_runtime_uses_is_known() {
        let texts = [
            include_str!("runtime.ts"),
            include_str!("modules/checks.ts"),
            include_str!("modules/desktop.ts"),
            include_str!("modules/exact.ts"),
            include_str!("modules/inputs.ts"),
            include_str!("modules/requests.ts"),
            include_str!("modules/files.ts"),
            include_str!("modules/traces.ts"),
        ];
        let lines = texts.iter().flat_map(|text| text.lines());
        let code = lines.filter(|line| !line.starts_with("//"));
        let code: Vec<_> = code.map(|line| line.split(" // ").next().unwrap_or(line)).collect();
        let code = code.join("\n");
        let words = tokens(&code).into_iter().filter_map(|token| match token {
            Token::Word(word) => word.split('.').next(),
            _ => None,
        });
        let is_known = |word: &str| {
            include_str!("runtime.names").lines().any(|name| name == word)
                || PLATFORM.contains(&word)
                || TYPE_PARAMETERS.contains(&word)
        };
        let globals = words.filter(|word| word.starts_with(|c: char| c.is_ascii_uppercase()));
        let unknown: HashSet<_> = globals.filter(|word| !is_known(word)).collect();
        assert!(unknown.is_empty(), "not in a table here: {unknown:?}");
    }

    #[test]
    fn parameters_that_are_taken_get_an_underscore() {
        assert_eq!(parameter_names(&["room_id", "text"]), ["roomId", "text"]);
        assert_eq!(
            parameter_names(&["options", "import", "call"]),
            ["options_", "import_", "call_"]
        );
        assert_eq!(parameter_names(&["options", "options_"]), ["options__", "options_"]);
    }

    #[test]
    fn a_type_cannot_have_a_name_that_is_taken() {
        let refused = |ident: &str| {
            let text = format!("type {ident} = string;");
            let ident = ident.to_owned();
            mistake(&Declaration { ident, text, docs: None, rust: "api::It" }).unwrap_or_default()
        };
        assert_eq!(refused("Line"), "");
        assert_eq!(refused("Größe"), "");
        assert_eq!(refused("Client"), "");
        assert!(refused("Igor").contains("`Igor`: give it another name by `#[ts(rename"));
        assert!(refused("Events").contains("the client itself uses"));
        assert!(refused("Promise").contains("JavaScript's own"));
        assert!(refused("string").contains("cannot be called `string`"));
        assert!(refused("a-b").contains("cannot be called `a-b`"));
    }
}
