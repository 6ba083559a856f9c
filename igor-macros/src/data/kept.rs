//! What the shadow keeps of the user's attributes.

use syn::{Attribute, parse_quote};

use crate::data::spelling;
use crate::expand;

/// The docs and `cfg`s, which are all that it keeps.
pub(super) fn kept(attrs: &[Attribute]) -> Vec<Attribute> {
    let docs = docs(attrs).map(|text| parse_quote!(#[doc = #text]));
    expand::cfgs(attrs).into_iter().cloned().chain(docs).collect()
}

/// The docs, as they can stand in TypeScript.
pub(super) fn docs(attrs: &[Attribute]) -> impl Iterator<Item = String> {
    expand::doc_values(attrs).filter_map(expand::text_of).map(|text| spelling::doc(&text))
}
