//! What every expansion needs: spans, `cfg`s, docs, and the user's item as it was.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Attribute, Expr, ExprLit, GenericParam, Generics, Item, Lit, Meta};

use crate::errors::Errors;

/// A span that errors show at the user's tokens and that the compiler's lints know as generated.
///
/// With the bare span of the user, warnings about the expansion fire in the user's code.
pub(crate) fn at(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}

/// The `#[cfg]`s of an item, which stand on everything that is put beside it.
pub(crate) fn cfgs(attrs: &[Attribute]) -> Vec<&Attribute> {
    attrs.iter().filter(|attr| attr.path().is_ident("cfg")).collect()
}

/// An expression for the documentation of an item, a line of it per line.
///
/// It is an expression because a doc may be one: `#[doc = include_str!("say.md")]`.
pub(crate) fn docs(attrs: &[Attribute]) -> TokenStream {
    let mut parts = Vec::new();
    for (nth, value) in doc_values(attrs).enumerate() {
        if nth > 0 {
            parts.push(quote!("\n"));
        }
        parts.push(match text_of(value) {
            Some(text) => {
                let line = text.strip_prefix(' ').unwrap_or(&text);
                quote!(#line)
            }
            None => quote!(#value),
        });
    }
    quote!(::core::concat!(#(#parts),*))
}

/// The values of the `#[doc = …]` attributes.
pub(crate) fn doc_values(attrs: &[Attribute]) -> impl Iterator<Item = &Expr> {
    attrs.iter().filter_map(|attr| match &attr.meta {
        Meta::NameValue(doc) if doc.path.is_ident("doc") => Some(&doc.value),
        _ => None,
    })
}

/// The text of a string literal.
pub(crate) fn text_of(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}

/// An expression for a span of time that may have been said.
pub(crate) fn duration(said: Option<u64>) -> TokenStream {
    option(said.map(millis))
}

/// An expression for a span of time.
pub(crate) fn millis(millis: u64) -> TokenStream {
    quote!(::core::time::Duration::from_millis(#millis))
}

/// An expression for something that may have been said.
pub(crate) fn option(said: Option<TokenStream>) -> TokenStream {
    match said {
        Some(said) => quote!(::core::option::Option::Some(#said)),
        None => quote!(::core::option::Option::None),
    }
}

/// The place of an item, as messages name it.
pub(crate) fn place() -> TokenStream {
    quote!(::igor::__private::Place { file: ::core::file!(), line: ::core::line!() })
}

/// Notes that an attribute stands on the wrong kind of item, at the name of that item.
pub(crate) fn misplaced(item: &TokenStream, right: &str, errors: &mut Errors) {
    let (span, found) = match syn::parse2(item.clone()) {
        Ok(Item::Const(item)) => (item.ident.span(), "a constant"),
        Ok(Item::Enum(item)) => (item.ident.span(), "an enum"),
        Ok(Item::Fn(item)) => (item.sig.ident.span(), "a function"),
        Ok(Item::Impl(item)) => (item.impl_token.span, "an `impl`"),
        Ok(Item::Mod(item)) => (item.ident.span(), "a module"),
        Ok(Item::Static(item)) => (item.ident.span(), "a static"),
        Ok(Item::Struct(item)) => (item.ident.span(), "a struct"),
        Ok(Item::Trait(item)) => (item.ident.span(), "a trait"),
        Ok(Item::Type(item)) => (item.ident.span(), "an alias of a type"),
        Ok(Item::Union(item)) => (item.ident.span(), "a union"),
        Ok(Item::Use(item)) => (item.use_token.span, "a `use`"),
        _ => (Span::call_site(), "something else"),
    };
    errors.at_span(span, format_args!("{right}, and this is {found}"));
}

/// Notes parameters on what exists once under one name.
pub(crate) fn check_concrete(generics: &Generics, what: &str, errors: &mut Errors) {
    for parameter in &generics.params {
        // A lifetime of data is refused as such.
        if !matches!(parameter, GenericParam::Lifetime(_)) {
            let text = format!("{what} is not generic, because one name stands for one type");
            errors.at(parameter, text);
        }
    }
}
