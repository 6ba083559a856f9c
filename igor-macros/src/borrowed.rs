//! Types that borrow, where only owned ones can be.

use quote::ToTokens as _;
use syn::visit::Visit;
use syn::{Lifetime, Type, TypeReference};

use crate::errors::Errors;

/// Notes a reference or a lifetime in a type, with the reason and what to write instead; the
/// answer is whether the type is owned.
pub(crate) fn check(ty: &Type, reason: &str, errors: &mut Errors) -> bool {
    let mut search = Search { found: None };
    search.visit_type(ty);
    match search.found {
        Some(Borrowed::Reference(reference)) => {
            let owned = owned(&reference.elem);
            errors.at(reference, format_args!("{reason}: write `{owned}`"));
        }
        Some(Borrowed::Lifetime(lifetime)) => {
            errors.at(lifetime, format_args!("{reason}: write a type without lifetimes"));
        }
        None => return true,
    }
    false
}

/// The owned type to write in place of a reference to this one.
fn owned(ty: &Type) -> String {
    match ty {
        Type::Path(path) if path.path.is_ident("str") => "String".to_owned(),
        Type::Slice(slice) => format!("Vec<{}>", spelled(&slice.elem)),
        other => spelled(other),
    }
}

/// A type as a person writes it: tokens print with a space between any two.
fn spelled(ty: &Type) -> String {
    let spaced = ty.to_token_stream().to_string();
    spaced.replace(" :: ", "::").replace(" < ", "<").replace(" >", ">").replace(" ,", ",")
}

/// The first thing in a type that borrows.
struct Search<'ast> {
    found: Option<Borrowed<'ast>>,
}

enum Borrowed<'ast> {
    Reference(&'ast TypeReference),
    Lifetime(&'ast Lifetime),
}

impl<'ast> Visit<'ast> for Search<'ast> {
    fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
        // The first one found is the outermost, and what stands in it goes with it.
        self.found.get_or_insert(Borrowed::Reference(reference));
    }

    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        if lifetime.ident != "static" {
            self.found.get_or_insert(Borrowed::Lifetime(lifetime));
        }
    }
}
