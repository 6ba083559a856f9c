//! What a registry offers, held against what the server was given to offer it with.

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::process::{Factory, ProcessDescriptor};
use crate::registry::Registry;
use crate::scope::Scopes;

/// Whether everything that actions and their guards ask for can be handed over.
///
/// # Errors
///
/// `internal`, a line for each parameter that the server cannot make.
pub(super) fn check_parameters(registry: &Registry, scopes: &Scopes) -> Result<()> {
    let mut mistakes = Vec::new();
    for action in registry.actions() {
        let guard = (action.signature)().guard.map(|guard| guard.check);
        let guard = action.guard.zip(guard);
        let parameters = action.parameters.iter().map(|one| (one.name, one.check));
        for (asking, check) in guard.into_iter().chain(parameters) {
            if let Err(error) = check(scopes) {
                let (name, place, text) = (action.name, action.place, error.message());
                mistakes.push(format!("`{asking}` of the action `{name}` ({place}): {text}"));
            }
        }
    }
    Error::of_mistakes(&mistakes)
}

/// Every process with how to make it.
///
/// # Errors
///
/// `internal`, a line for each process that cannot be made, and for each that is not in the registry.
pub(super) fn processes(
    registry: &Registry,
    mut factories: BTreeMap<&'static str, (&'static ProcessDescriptor, Factory)>,
) -> Result<Vec<(&'static ProcessDescriptor, Factory)>> {
    let mut processes = Vec::new();
    let mut mistakes = Vec::new();
    for process in registry.processes() {
        let given = factories.remove(process.name).map(|(_, factory)| factory);
        match given.or_else(process.factory) {
            Some(factory) => processes.push((*process, factory)),
            None => mistakes.push(format!(
                "the process `{}` ({}) has no `Default`: say how it is made with `.process(|| …)`",
                process.name, process.place
            )),
        }
    }
    for (process, _) in factories.into_values() {
        let (name, place) = (process.name, process.place);
        mistakes.push(format!("the process `{name}` ({place}) is not in the server's registry"));
    }
    Error::of_mistakes(&mistakes).map(|()| processes)
}
