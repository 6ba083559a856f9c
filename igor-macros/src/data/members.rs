//! The fields of a type that are on the wire.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput, Fields, Type};

use crate::borrowed;
use crate::data::rules::{FieldRules, VariantRules};
use crate::errors::Errors;
use crate::expand;

/// Asks the compiler of each field whether it is data.
///
/// The derives ask too, but their answers name traits that the user has not heard of; this one
/// comes first and says what to do.
pub(super) fn ask(input: &DeriveInput) -> Option<TokenStream> {
    // What a type parameter is shows only where the type is used.
    if !input.generics.params.is_empty() {
        return None;
    }
    let cfgs = expand::cfgs(&input.attrs);
    let checks = types(input)
        .into_iter()
        .map(|ty| quote_spanned!(expand::at(ty.span())=> ::igor::__private::is_field::<#ty>();));
    Some(quote! {
        #(#cfgs)*
        const _: fn() = || { #(#checks)* };
    })
}

/// Notes the members that borrow; the answer is whether there is none.
pub(super) fn check_owned(input: &DeriveInput, errors: &mut Errors) -> bool {
    let reason = "data is owned, as it is made from a frame";
    let mut owned_only = true;
    for ty in types(input) {
        owned_only &= borrowed::check(ty, reason, errors);
    }
    owned_only
}

/// The types that serde writes as they are.
fn types(input: &DeriveInput) -> Vec<&Type> {
    match &input.data {
        Data::Struct(data) => of_fields(&data.fields),
        Data::Enum(data) => {
            let written = data
                .variants
                .iter()
                .filter(|variant| !VariantRules::read(&variant.attrs, &mut Errors::default()).skip);
            written.flat_map(|variant| of_fields(&variant.fields)).collect()
        }
        Data::Union(_) => Vec::new(),
    }
}

fn of_fields(fields: &Fields) -> Vec<&Type> {
    let written = fields.iter().filter(|field| {
        let rules = FieldRules::read(&field.attrs, &mut Errors::default());
        let is_conditional = !expand::cfgs(&field.attrs).is_empty();
        rules.skip.is_none() && rules.with.is_none() && !is_conditional
    });
    written.map(|field| &field.ty).collect()
}
