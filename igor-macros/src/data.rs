//! `#[igor::data]`: serde's, schemars' and ts-rs' traits for a type, such that what TypeScript
//! says of it is true in both directions, or an error.

mod case;
mod entry;
mod field;
mod forward;
mod members;
mod refusal;
mod rules;
mod shadow;
mod spelling;
mod variant;

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Data, DeriveInput, Fields, GenericParam, Path, Token, TypeParam, TypeParamBound,
    parse_quote,
};

use crate::attrs::{Form, Options};
use crate::errors::Errors;
use crate::{expand, fallback};
pub(crate) use rules::hidden;
use rules::{FieldRules, TypeRules};

const FORM: Form = Form { usage: "`#[igor::data]`", takes_name: false, keys: &[] };

pub(crate) fn expand(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    Options::read(options, &FORM, &mut errors);
    let Some(input) = read(&item, "`#[igor::data]`", &mut errors) else {
        return quote!(#item #errors);
    };
    let data = described(&input, &mut errors);
    quote!(#data #errors)
}

/// Reads the struct or the enum that an attribute stands on.
pub(crate) fn read(
    item: &TokenStream,
    attribute: &str,
    errors: &mut Errors,
) -> Option<DeriveInput> {
    let read = syn::parse2(item.clone()).ok();
    if read.is_none() {
        let right = format!("{attribute} stands on a struct or an enum");
        expand::misplaced(item, &right, errors);
    }
    read
}

/// The type with the traits of data; or, where there is a mistake, the type with traits that do
/// nothing, so that what uses it is not refused too.
pub(crate) fn described(input: &DeriveInput, errors: &mut Errors) -> TokenStream {
    let shadow = shadow::of(input, errors);
    check_derives(&input.attrs, errors);
    check_generics(input, errors);
    if !errors.is_empty() {
        return fallback::data(input);
    }
    let own = with_derives(input.clone());
    let (members, forward) = (members::check(input), forward::to(input, &shadow));
    let serde = needs_serde_in_scope(input).then(|| {
        let cfgs = expand::cfgs(&input.attrs);
        quote! {
            #(#cfgs)*
            #[allow(unused_imports)]
            use ::igor::__private::only_serde::*;
        }
    });
    quote!(#members #own #serde #forward)
}

/// The user's type under the derives of serde and schemars.
fn with_derives(mut own: DeriveInput) -> DeriveInput {
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

/// Says to schemars which type `with` writes, as the user said it to ts-rs.
fn say_schemas(own: &mut DeriveInput) {
    for_each_field(own, |attrs| {
        let rules = FieldRules::read(attrs, &mut Errors::default());
        if let (Some(_), Some(ty)) = (&rules.with, &rules.ts_as) {
            attrs.push(parse_quote!(#[schemars(with = #ty)]));
        }
    });
}

/// Whether schemars writes a bare `serde::` for some field, which it does for a default that goes
/// through `with`.
fn needs_serde_in_scope(input: &DeriveInput) -> bool {
    let ignored = &mut Errors::default();
    let around = TypeRules::read(&input.attrs, ignored).default.is_some();
    let mut needed = false;
    for_each_field(&mut input.clone(), |attrs| {
        let rules = FieldRules::read(attrs, ignored);
        needed |= rules.with.is_some() && (rules.default || around);
    });
    needed
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

/// The traits that the attribute itself derives.
pub(crate) const DERIVED: [&str; 4] = ["Serialize", "Deserialize", "TS", "JsonSchema"];

/// Notes the user's own derives of what the attribute derives.
fn check_derives(attrs: &[Attribute], errors: &mut Errors) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("derive")) {
        let list = Punctuated::<Path, Token![,]>::parse_terminated;
        // What is no list of paths the compiler refuses itself.
        for path in attr.parse_args_with(list).into_iter().flatten() {
            let Some(last) = path.segments.last() else { continue };
            if DERIVED.iter().any(|name| last.ident == name) {
                let text =
                    format!("`#[igor::data]` derives `{}` already: leave it out", last.ident);
                errors.at(&path, text);
            }
        }
    }
}

/// Notes parameters of the type that TypeScript has no word for.
fn check_generics(input: &DeriveInput, errors: &mut Errors) {
    for parameter in &input.generics.params {
        match parameter {
            GenericParam::Lifetime(lifetime) => {
                let text = "data is owned, because it is made from a frame: write `String` for \
                            `&str`, `Vec<T>` for `&[T]`";
                errors.at(lifetime, text);
            }
            GenericParam::Const(parameter) => {
                let text = "TypeScript has no such parameter: write the number, or use `Vec<T>`";
                errors.at(parameter, text);
            }
            GenericParam::Type(parameter) => check_bounds(parameter, errors),
        }
    }
}

/// Notes a bound that ts-rs' stand-in for a type parameter does not meet.
fn check_bounds(parameter: &TypeParam, errors: &mut Errors) {
    const MET: [&str; 12] = [
        "Clone",
        "Copy",
        "Debug",
        "Display",
        "Eq",
        "Hash",
        "Ord",
        "PartialEq",
        "PartialOrd",
        "Send",
        "Sync",
        "Sized",
    ];
    for bound in &parameter.bounds {
        let TypeParamBound::Trait(bound) = bound else { continue };
        let last = bound.path.segments.last();
        if !last.is_some_and(|last| MET.iter().any(|name| last.ident == name)) {
            let text = format!(
                "`{}` cannot bound a parameter of data: put the bound on the functions that need it",
                bound.path.to_token_stream().to_string().replace(' ', "")
            );
            errors.at(bound, text);
        }
    }
}
