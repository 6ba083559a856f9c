//! Which names can be offered to TypeScript.

use std::collections::BTreeMap;

use crate::action::{Action, ParamKind, ReplyKind};
use crate::place::Place;
use crate::registry::Registry;
use crate::registry::spelling::{camel_case, path_of};

/// What every client has besides its actions, so that no action can be called so: the members of
/// the client itself, and what others ask every object for.
const CLIENT_MEMBERS: &[&str] = &[
    "catch",
    "clientId",
    "close",
    "events",
    "files",
    "finally",
    "handle",
    "igor",
    "on",
    "onEnded",
    "onMismatch",
    "onMissed",
    "onSessionLost",
    "onStatus",
    "once",
    "status",
    "traceBy",
];

/// What JavaScript itself asks objects for, at any depth: `await` calls `then`, a template calls
/// `toString`, and so on.
const OBJECT_MEMBERS: &[&str] = &[
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "prototype",
    "then",
    "toJSON",
    "toString",
    "valueOf",
];

/// Something with a name, and where it stands.
#[derive(Clone, Copy)]
struct Named {
    kind: &'static str,
    name: &'static str,
    place: Place,
}

/// Every mistake in the names of a registry, a line each.
pub(super) fn mistakes(registry: &Registry) -> Vec<String> {
    let actions: Vec<_> =
        registry.actions().iter().map(|it| named("action", it.name, it.place)).collect();
    let events: Vec<_> =
        registry.events().iter().map(|it| named("event", it.name, it.place)).collect();
    let processes: Vec<_> =
        registry.processes().iter().map(|it| named("process", it.name, it.place)).collect();
    let requests: Vec<_> =
        registry.requests().iter().map(|it| named("request", it.name, it.place)).collect();

    let mut mistakes = Vec::new();
    for each in actions.iter().chain(&events).chain(&processes).chain(&requests) {
        mistakes.extend(unwritable(each));
    }
    // A client's contract has actions, events and requests in one table.
    let in_contract: Vec<_> = actions.iter().chain(&events).chain(&requests).copied().collect();
    mistakes.extend(twice(&in_contract));
    mistakes.extend(twice(&processes));
    mistakes.extend(in_the_way(&actions));
    for action in registry.actions() {
        mistakes.extend(parameter_mistakes(action));
    }
    mistakes
}

const fn named(kind: &'static str, name: &'static str, place: Place) -> Named {
    Named { kind, name, place }
}

impl Named {
    /// The start of a message about it.
    fn said(&self) -> String {
        format!("{}: the {} `{}`", self.place, self.kind, self.name)
    }
}

/// Why a name cannot be written in TypeScript, or must not.
fn unwritable(named: &Named) -> Option<String> {
    let Named { kind, name, place } = named;
    if name.is_empty() {
        return Some(format!("{place}: the name of this {kind} is empty"));
    }
    let path = path_of(name);
    if path.iter().any(|segment| !is_writable(segment)) {
        let legal =
            "it is letters, digits and `_` from ASCII, not a digit first, with dots between";
        return Some(format!("{} has a name that TypeScript cannot write: {legal}", named.said()));
    }
    if path[0] == "igor" {
        return Some(format!("{} has a name that belongs to igor itself", named.said()));
    }
    if let Some(taken) = path.iter().find(|segment| OBJECT_MEMBERS.contains(&segment.as_str())) {
        let why = format!("`{taken}` means something to every object of JavaScript");
        return Some(format!("{} needs another name: {why}", named.said()));
    }
    if *kind == "action" && CLIENT_MEMBERS.contains(&path[0].as_str()) {
        let why = format!("`{}` is a member of the client itself", path[0]);
        return Some(format!("{} needs another name: {why}", named.said()));
    }
    None
}

fn is_writable(segment: &str) -> bool {
    !segment.starts_with(|c: char| c.is_ascii_digit())
        && !segment.is_empty()
        && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Names that are there twice.
fn twice(all: &[Named]) -> Vec<String> {
    let mut first: BTreeMap<&str, &Named> = BTreeMap::new();
    let mut mistakes = Vec::new();
    for named in all {
        if let Some(other) = first.get(named.name) {
            let (kind, place) = (other.kind, other.place);
            mistakes.push(format!("{} has the name of the {kind} at {place}", named.said()));
        } else {
            first.insert(named.name, named);
        }
    }
    mistakes
}

/// Actions that TypeScript cannot tell apart, or of which one stands where another has its
/// namespace.
fn in_the_way(actions: &[Named]) -> Vec<String> {
    let paths: BTreeMap<Vec<String>, &Named> =
        actions.iter().rev().map(|action| (path_of(action.name), action)).collect();
    let mut mistakes = Vec::new();
    for action in actions {
        let path = path_of(action.name);
        if let Some(other) = paths.get(&path).filter(|other| other.name != action.name) {
            let (name, place, met) = (other.name, other.place, path.join("."));
            let other = format!("the action `{name}` at {place}");
            mistakes.push(format!("{} and {other} are both `{met}` in TypeScript", action.said()));
        }
        for length in 1..path.len() {
            if let Some(Named { name, place, .. }) = paths.get(&path[..length]) {
                let other = format!("the action `{name}` at {place}");
                mistakes.push(format!(
                    "{} would be a member of {other}, which is a function: call that one `{name}.…`",
                    action.said(),
                ));
            }
        }
    }
    mistakes
}

/// What is wrong with an action's parameters.
fn parameter_mistakes(action: &Action) -> Vec<String> {
    let said = named("action", action.name, action.place).said();
    let mut mistakes = Vec::new();
    let outputs = action.parameters.iter().filter(|it| matches!(it.kind, ParamKind::Output(_)));
    if outputs.count() > 1 {
        mistakes.push(format!("{said} has two outputs: one is all that a caller can read"));
    }
    let inputs = action.parameters.iter().filter(|it| matches!(it.kind, ParamKind::Input(_)));
    if inputs.count() > 1 {
        mistakes.push(format!("{said} has two inputs: one is all that a caller can send"));
    }
    let signature = (action.signature)();
    if let Some(guard) = action.guard.filter(|_| signature.guard.is_some_and(|it| it.takes_data)) {
        mistakes.push(format!(
            "{said} has a guard, `{guard}`, that takes data, and guards are asked before any is \
             read: let it take what the server hands over, as `Identity<T>` or `Client`"
        ));
    }
    if action.output().is_some() && matches!(signature.reply, ReplyKind::Stream(_)) {
        mistakes
            .push(format!("{said} returns a stream and has an `Output`: leave one of them out"));
    }
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    let input = action.input().map(|(_, name, item)| (name, item));
    for (name, _) in action.data_parameters().chain(input) {
        if name == "__proto__" {
            mistakes.push(format!("{said} has a parameter `{name}`, which no object can hold"));
        }
        if let Some(other) = seen.insert(camel_case(name), name) {
            let met = camel_case(name);
            mistakes.push(format!(
                "{said} has two parameters that are `{met}` in TypeScript: `{other}` and `{name}`"
            ));
        }
    }
    mistakes
}

#[cfg(test)]
mod tests;
