//! One parameter of an action, and what it may not be.

use syn::ext::IdentExt as _;
use syn::visit::Visit;
use syn::{Pat, PatType, Type, TypeImplTrait};

use crate::borrowed;
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
        self.reads_as("Output")
    }

    /// Whether it reads as an `Input<T>`.
    pub(crate) fn is_input(&self) -> bool {
        self.reads_as("Input")
    }

    fn reads_as(&self, name: &str) -> bool {
        let Type::Path(ty) = self.ty else { return false };
        ty.path.segments.last().is_some_and(|segment| segment.ident == name)
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
        let mut open = Open(None);
        open.visit_type(self.ty);
        if let Some(open) = open.0 {
            errors.at(open, "a parameter of an action has one type: write it in place of `impl`");
        }
        borrowed::check(self.ty, "what an action takes is owned, as it is made from a call", errors)
    }
}

/// Finds `impl Trait`.
struct Open<'ast>(Option<&'ast TypeImplTrait>);

impl<'ast> Visit<'ast> for Open<'ast> {
    fn visit_type_impl_trait(&mut self, ty: &'ast TypeImplTrait) {
        self.0.get_or_insert(ty);
    }
}
