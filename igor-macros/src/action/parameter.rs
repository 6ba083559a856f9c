//! One parameter of an action, and what it may not be.

use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::visit::{self, Visit};
use syn::{Lifetime, Pat, PatType, Type, TypeImplTrait, TypeReference};

use crate::errors::Errors;

/// A parameter as the user wrote it.
pub(crate) struct Parameter<'ast> {
    typed: &'ast PatType,
    pub(crate) ty: &'ast Type,
}

impl<'ast> Parameter<'ast> {
    pub(crate) fn of(typed: &'ast PatType) -> Self {
        Parameter { typed, ty: &typed.ty }
    }

    /// Its name, which is its key on the wire where there are several.
    pub(crate) fn name(&self) -> String {
        match &*self.typed.pat {
            Pat::Ident(name) => name.ident.unraw().to_string(),
            // Refused by `check`.
            _ => String::new(),
        }
    }

    /// Whether it reads as an `Output<T>`.
    pub(crate) fn is_output(&self) -> bool {
        let Type::Path(ty) = self.ty else { return false };
        ty.path.segments.last().is_some_and(|segment| segment.ident == "Output")
    }

    /// Notes what it cannot be; the answer is whether its type is an owned one.
    pub(crate) fn check(&self, errors: &mut Errors) -> bool {
        if let Some(attr) = self.typed.attrs.iter().find(|attr| attr.path().is_ident("cfg")) {
            errors.at(attr, "a parameter of an action has no `cfg`: put it on the function");
        }
        if !matches!(&*self.typed.pat, Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none())
        {
            let text = "a parameter of an action is a name and a type, as `room: String`, because \
                        its name is its key: take it apart in the body";
            errors.at(&self.typed.pat, text);
        }
        let mut search = Search::default();
        search.visit_type(self.ty);
        if let Some(open) = search.open {
            errors.at(open, "a parameter of an action has one type: write it in place of `impl`");
        }
        match search.borrowed {
            Some(Borrowed::Reference(reference)) => {
                let owned = owned(&reference.elem);
                let text = format!(
                    "an action's parameters are owned, because they are made from a call: write \
                     `{owned}`"
                );
                errors.at(reference, text);
                false
            }
            Some(Borrowed::Lifetime(lifetime)) => {
                let text = "an action's parameters are owned, because they are made from a call: \
                            write a type without lifetimes";
                errors.at(lifetime, text);
                false
            }
            None => true,
        }
    }
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

/// What was found inside a type.
#[derive(Default)]
struct Search<'ast> {
    borrowed: Option<Borrowed<'ast>>,
    open: Option<&'ast TypeImplTrait>,
}

enum Borrowed<'ast> {
    Reference(&'ast TypeReference),
    Lifetime(&'ast Lifetime),
}

impl<'ast> Visit<'ast> for Search<'ast> {
    fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
        // The first one found is the outermost, and what stands in it goes with it.
        self.borrowed.get_or_insert(Borrowed::Reference(reference));
    }

    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        if lifetime.ident != "static" {
            self.borrowed.get_or_insert(Borrowed::Lifetime(lifetime));
        }
    }

    fn visit_type_impl_trait(&mut self, ty: &'ast TypeImplTrait) {
        self.open.get_or_insert(ty);
        visit::visit_type_impl_trait(self, ty);
    }
}
