//! What the parameters of data may be.

use quote::ToTokens as _;
use syn::{GenericParam, Generics, TypeParamBound, WherePredicate};

use crate::errors::Errors;

/// Notes parameters of the type that TypeScript has no word for.
pub(super) fn check(generics: &Generics, owned_only: bool, errors: &mut Errors) {
    for parameter in &generics.params {
        match parameter {
            // The member that borrows is the mistake, and its lifetime follows from it.
            GenericParam::Lifetime(_) if !owned_only => {}
            GenericParam::Lifetime(lifetime) => {
                errors.at(lifetime, "data is owned, as it is made from a frame: leave this out");
            }
            GenericParam::Const(parameter) => {
                let text = "TypeScript has no such parameter: write the number, or use `Vec<T>`";
                errors.at(parameter, text);
            }
            GenericParam::Type(parameter) => check_bounds(&parameter.bounds, errors),
        }
    }
    for predicate in generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
        if let WherePredicate::Type(predicate) = predicate {
            check_bounds(&predicate.bounds, errors);
        }
    }
}

/// Notes the bounds that ts-rs' stand-in for a type parameter does not meet.
fn check_bounds<'ast>(bounds: impl IntoIterator<Item = &'ast TypeParamBound>, errors: &mut Errors) {
    for bound in bounds {
        let TypeParamBound::Trait(bound) = bound else { continue };
        let is_met = bound.path.segments.last().is_some_and(|last| is_met(&last.ident.to_string()));
        if !is_met {
            let path = bound.path.to_token_stream().to_string().replace(' ', "");
            let text = format!(
                "`{path}` cannot bound a parameter of data: put the bound on the functions that \
                 need it"
            );
            errors.at(bound, text);
        }
    }
}

fn is_met(name: &str) -> bool {
    matches!(
        name,
        "Clone" | "Copy" | "Debug" | "Display" | "Eq" | "Hash" | "Ord" | "PartialEq" | "PartialOrd"
    ) || matches!(name, "Send" | "Sync" | "Sized")
}
