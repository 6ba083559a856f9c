//! The head of a function that is to be an action, and what it may not be.

use proc_macro2::TokenStream;
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::visit::{self, Visit};
use syn::{
    Attribute, FnArg, GenericParam, LitStr, ReturnType, Safety, Signature, Token, TypeImplTrait,
    TypeParamBound, Visibility, braced,
};

use crate::action::parameter::Parameter;
use crate::errors::Errors;
use crate::expand;

/// A function without its body, which is the user's own and is not looked into.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    has_body: bool,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let signature = input.parse()?;
        let has_body = input.parse::<Option<Token![;]>>()?.is_none();
        if has_body {
            let body;
            braced!(body in input);
            body.parse::<TokenStream>()?;
        }
        Ok(Function { attrs, visibility, signature, has_body })
    }
}

impl Function {
    /// Reads the head of a function that stands where a companion can be put beside it.
    pub(crate) fn read(item: &TokenStream, errors: &mut Errors) -> Option<Self> {
        let Ok(function) = Function::parse.parse2(item.clone()) else {
            expand::misplaced(item, "`#[igor::action]` stands on a function", errors);
            return None;
        };
        let free = "put `#[igor::action]` on a free function";
        if let Some(receiver) = function.signature.receiver() {
            let text = format!(
                "an action has no `self`: {free}, and let it ask for what it needs, as \
                 `scope: Scope<T>` or `session: Session<T>`"
            );
            errors.at(receiver, text);
            return None;
        }
        if !function.has_body {
            errors.at(&function.signature, format_args!("an action has a body: {free}"));
            return None;
        }
        Some(function)
    }

    /// Notes everything that a function which clients call cannot have.
    pub(crate) fn check(&self, errors: &mut Errors) {
        let signature = &self.signature;
        if let Safety::Unsafe(token) = &signature.safety {
            errors.at(token, "an action cannot be `unsafe`: clients call it with what they like");
        }
        if let Some(abi) = &signature.abi {
            errors.at(abi, "an action is a function of Rust: leave `extern` out");
        }
        let owned_only = self.check_parameters(errors);
        for parameter in &signature.generics.params {
            match parameter {
                // The borrowed parameter is the mistake, and its lifetime follows from it.
                GenericParam::Lifetime(_) if !owned_only => {}
                GenericParam::Lifetime(lifetime) => errors
                    .at(lifetime, "an action has no lifetimes: what it takes and returns is owned"),
                GenericParam::Type(_) | GenericParam::Const(_) => errors.at(
                    parameter,
                    "an action is not generic: a client calls one function, so write the types",
                ),
            }
        }
        self.check_return(errors);
    }

    /// Whether every parameter is an owned type.
    fn check_parameters(&self, errors: &mut Errors) -> bool {
        let mut owned_only = true;
        let mut outputs = 0;
        for parameter in self.parameters() {
            owned_only &= parameter.check(errors);
            outputs += usize::from(parameter.is_output());
            if outputs == 2 && parameter.is_output() {
                let text = "an action has one `Output`: send an enum where items differ";
                errors.at(parameter.ty, text);
            }
        }
        owned_only
    }

    fn check_return(&self, errors: &mut Errors) {
        let ReturnType::Type(_, ty) = &self.signature.output else { return };
        let mut search = FutureSearch(None);
        search.visit_type(ty);
        if let Some(future) = search.0 {
            errors.at(future, "an action does not return a future: write `async fn`");
        }
    }

    /// The parameters; none of a function that was [read](Function::read) is a `self`.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = Parameter<'_>> {
        self.signature.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(typed) => Some(Parameter::of(typed)),
            FnArg::Receiver(_) => None,
        })
    }

    /// The function's name as the name of the action.
    pub(crate) fn own_name(&self) -> LitStr {
        let ident = self.signature.ident.unraw();
        LitStr::new(&ident.to_string(), ident.span())
    }
}

/// Finds `impl Future`.
struct FutureSearch<'ast>(Option<&'ast TypeImplTrait>);

impl<'ast> Visit<'ast> for FutureSearch<'ast> {
    fn visit_type_impl_trait(&mut self, ty: &'ast TypeImplTrait) {
        let is_future = |bound: &TypeParamBound| match bound {
            TypeParamBound::Trait(bound) => {
                bound.path.segments.last().is_some_and(|segment| segment.ident == "Future")
            }
            _ => false,
        };
        if ty.bounds.iter().any(is_future) {
            self.0 = Some(ty);
        }
        visit::visit_type_impl_trait(self, ty);
    }
}
