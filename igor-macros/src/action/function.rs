//! The head of a function that is to be an action, and what it may not be.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, FnArg, GenericArgument, GenericParam, LitStr, PathArguments, ReturnType, Safety,
    Signature, Token, Type, TypeImplTrait, TypeParamBound, Visibility, braced, parse_quote,
};

use crate::action::parameter::Parameter;
use crate::errors::Errors;
use crate::expand;

/// A function without its body, which is the user's own and is not looked into.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    visibility: Visibility,
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

    /// The companion: a type of the function's name, by which explicit registration names the
    /// action. Functions and types are different names to Rust.
    pub(crate) fn companion(&self) -> TokenStream {
        let (visibility, ident) = (&self.visibility, &self.signature.ident);
        let cfgs = expand::cfgs(&self.attrs);
        quote_spanned! {expand::at(ident.span())=>
            #(#cfgs)*
            #[doc(hidden)]
            #[allow(dead_code, non_camel_case_types)]
            #[allow(missing_copy_implementations, missing_debug_implementations)]
            #visibility struct #ident {}
        }
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
        self.check_items(errors);
        if let Some(future) = self.returns("Future") {
            errors.at(future, "an action does not return a future: write `async fn`");
        }
    }

    /// Whether every parameter is an owned type.
    fn check_parameters(&self, errors: &mut Errors) -> bool {
        let mut owned_only = true;
        for parameter in self.parameters() {
            owned_only &= parameter.check(errors);
        }
        owned_only
    }

    /// Notes what either side could not tell apart, as far as it can be read here; the registry
    /// finds the rest.
    fn check_items(&self, errors: &mut Errors) {
        for other in self.parameters().filter(Parameter::is_input).skip(1) {
            errors.at(other.ty, "an action has one `Input`: take an enum where items differ");
        }
        let mut outputs = self.parameters().filter(Parameter::is_output);
        let Some(first) = outputs.next() else { return };
        for other in outputs {
            errors.at(other.ty, "an action has one `Output`: send an enum where items differ");
        }
        if self.returns("Stream").is_some() {
            let text = "an action returns a stream or has an `Output`: leave one of them out";
            errors.at(first.ty, text);
        }
    }

    /// What it returns, each `impl Stream<Item = T>` in it as a type that has a name; `None` where
    /// something else has none.
    pub(crate) fn named_reply(&self) -> Option<Type> {
        let mut ty = match &self.signature.output {
            ReturnType::Default => parse_quote!(()),
            ReturnType::Type(_, ty) => (**ty).clone(),
        };
        let mut naming = Naming { is_whole: true };
        naming.visit_type_mut(&mut ty);
        naming.is_whole.then_some(ty)
    }

    /// The `impl` of a trait with this name in the function's return type.
    fn returns(&self, name: &'static str) -> Option<&TypeImplTrait> {
        let ReturnType::Type(_, ty) = &self.signature.output else { return None };
        let mut search = ImplSearch { name, found: None };
        search.visit_type(ty);
        search.found
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

/// Finds the `impl` of a trait.
struct ImplSearch<'ast> {
    name: &'static str,
    found: Option<&'ast TypeImplTrait>,
}

impl<'ast> Visit<'ast> for ImplSearch<'ast> {
    fn visit_type_impl_trait(&mut self, ty: &'ast TypeImplTrait) {
        let is_it = |bound: &TypeParamBound| match bound {
            TypeParamBound::Trait(bound) => {
                bound.path.segments.last().is_some_and(|last| last.ident == self.name)
            }
            _ => false,
        };
        if ty.bounds.iter().any(is_it) {
            self.found = Some(ty);
        }
        visit::visit_type_impl_trait(self, ty);
    }
}

/// Gives a name to each stream.
struct Naming {
    /// Whether everything has one.
    is_whole: bool,
}

impl VisitMut for Naming {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::ImplTrait(open) = ty {
            match item_of(open) {
                Some(item) => *ty = parse_quote!(::igor::__private::remote::Streamed<#item>),
                None => self.is_whole = false,
            }
        }
        visit_mut::visit_type_mut(self, ty);
    }
}

/// The `T` of an `impl Stream<Item = T>`.
fn item_of(open: &TypeImplTrait) -> Option<&Type> {
    let streams = open.bounds.iter().filter_map(|bound| match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last(),
        _ => None,
    });
    let mut streams = streams.filter(|last| last.ident == "Stream");
    let PathArguments::AngleBracketed(arguments) = &streams.next()?.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(item) if item.ident == "Item" => Some(&item.ty),
        _ => None,
    })
}
