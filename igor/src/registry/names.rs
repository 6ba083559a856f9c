//! Which names can be offered to TypeScript.

use std::collections::BTreeMap;

use crate::place::Place;
use crate::registry::Registry;

/// Every mistake in the names of a registry, a line each.
pub(super) fn mistakes(registry: &Registry) -> Vec<String> {
    let mut mistakes = Vec::new();
    let mut seen: BTreeMap<&str, Place> = BTreeMap::new();
    for action in registry.actions() {
        if let Some(first) = seen.insert(action.name, action.place) {
            mistakes.push(format!("two actions `{}`: {first} and {}", action.name, action.place));
        }
    }
    mistakes
}
