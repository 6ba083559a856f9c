//! The derives of serde and schemars on the user's own type.

use proc_macro2::TokenStream;
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Fields, Path, Token, parse_quote};

use crate::data::rules::{FieldRules, TypeRules};
use crate::errors::Errors;
use crate::expand;

/// The traits that the attribute itself derives.
const DERIVED: [&str; 4] = ["Serialize", "Deserialize", "TS", "JsonSchema"];

/// Notes the user's own derives of what the attribute derives.
pub(super) fn check(attrs: &[Attribute], errors: &mut Errors) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("derive")) {
        let list = Punctuated::<Path, Token![,]>::parse_terminated;
        // What is no list of paths the compiler refuses itself.
        for path in attr.parse_args_with(list).into_iter().flatten() {
            if let Some(derived) = derived(&path) {
                let text = format!("`#[igor::data]` derives `{derived}` already: leave it out");
                errors.at(&path, text);
            }
        }
    }
}

/// The trait of igor's own that a path in a derive names.
pub(crate) fn derived(path: &Path) -> Option<&'static str> {
    let last = &path.segments.last()?.ident;
    DERIVED.into_iter().find(|name| last == name)
}

/// The user's type under the derives of serde and schemars.
pub(super) fn added_to(mut own: DeriveInput) -> DeriveInput {
    say_schemas(&mut own);
    strip(&mut own, |attr| attr.path().is_ident("ts"));
    // Before the user's own, because serde's attributes must stand below the derive they belong to.
    let ours: [Attribute; 3] = [
        parse_quote!(#[derive(
            ::igor::__private::serde::Serialize,
            ::igor::__private::serde::Deserialize,
            ::igor::__private::schemars::JsonSchema
        )]),
        parse_quote!(#[serde(crate = "::igor::__private::serde")]),
        parse_quote!(#[schemars(crate = "::igor::__private::schemars")]),
    ];
    own.attrs.splice(0..0, ours);
    own
}

/// Says to schemars what it does not read out of serde's attributes: the tag of a struct, and which
/// type `with` writes, as the user said it to ts-rs.
fn say_schemas(own: &mut DeriveInput) {
    let rules = TypeRules::read(&own.attrs, &mut Errors::default());
    if let (Some(key), Data::Struct(_)) = (&rules.tag, &own.data) {
        let name = rules.name(&own.ident);
        own.attrs.push(parse_quote!(
            #[schemars(transform = ::igor::__private::StructTag { key: #key, name: #name })]
        ));
    }
    for_each_field(own, |attrs| {
        let rules = FieldRules::read(attrs, &mut Errors::default());
        if let (Some(_), Some(ty)) = (&rules.with, &rules.ts_as) {
            attrs.push(parse_quote!(#[schemars(with = #ty)]));
        }
    });
}

/// `serde` as a name in the module of the type, where schemars writes a bare `serde::`, which it
/// does for a default that goes through `with`.
pub(super) fn serde_in_scope(input: &DeriveInput) -> Option<TokenStream> {
    let ignored = &mut Errors::default();
    let around = TypeRules::read(&input.attrs, ignored).default.is_some();
    let mut needed = false;
    for_each_field(&mut input.clone(), |attrs| {
        let rules = FieldRules::read(attrs, ignored);
        needed |= rules.with.is_some() && (rules.default || around);
    });
    let cfgs = expand::cfgs(&input.attrs);
    needed.then(|| {
        quote! {
            #(#cfgs)*
            #[allow(unused_imports)]
            use ::igor::__private::only_serde::*;
        }
    })
}

/// Removes such attributes from the type, its variants and its fields.
pub(crate) fn strip(input: &mut DeriveInput, goes: impl Fn(&Attribute) -> bool) {
    let stays = |attr: &Attribute| !goes(attr);
    input.attrs.retain(stays);
    if let Data::Enum(data) = &mut input.data {
        for variant in &mut data.variants {
            variant.attrs.retain(stays);
        }
    }
    for_each_field(input, |attrs| attrs.retain(stays));
}

fn for_each_field(input: &mut DeriveInput, mut act: impl FnMut(&mut Vec<Attribute>)) {
    let mut act = |fields: &mut Fields| fields.iter_mut().for_each(|field| act(&mut field.attrs));
    match &mut input.data {
        Data::Struct(data) => act(&mut data.fields),
        Data::Enum(data) => data.variants.iter_mut().for_each(|variant| act(&mut variant.fields)),
        Data::Union(_) => {}
    }
}
