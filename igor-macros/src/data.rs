//! `#[igor::data]`: serde's, schemars' and ts-rs' traits for a type, such that what TypeScript
//! says of it is true in both directions, or an error.

mod case;
pub(crate) mod derives;
mod entry;
mod field;
mod forward;
mod generics;
mod kept;
mod members;
mod refusal;
pub(crate) mod rules;
mod shadow;
mod spelling;
mod variant;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::attrs::{Form, Options};
use crate::errors::Errors;
use crate::{expand, fallback};

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
    derives::check(&input.attrs, errors);
    let owned_only = members::check_owned(input, errors);
    generics::check(&input.generics, owned_only, errors);
    if !errors.is_empty() {
        return fallback::data(input);
    }
    let (own, serde) = (derives::added_to(input.clone()), derives::serde_in_scope(input));
    let (members, forward) = (members::ask(input), forward::to(input, &shadow));
    quote!(#members #own #serde #forward)
}
