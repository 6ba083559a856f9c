//! What serde is told about a type, its variants and its fields: igor's own reading of
//! `#[serde(…)]`, from which everything that TypeScript says follows.

mod of_field;
mod of_type;
mod of_variant;

use proc_macro2::TokenTree;
use syn::{Attribute, Ident, Meta};

use crate::data::case::Case;
use crate::data::entry::Entry;
use crate::errors::Errors;
pub(super) use of_field::FieldRules;
pub(super) use of_type::TypeRules;
pub(super) use of_variant::VariantRules;

fn case(entry: &Entry, errors: &mut Errors) -> Option<Case> {
    Case::read(&entry.text(errors)?, errors)
}

/// Notes a `cfg_attr` that hides something from this reading: the compiler looks into it only
/// after the attribute has run.
fn refuse_conditional(attrs: &[Attribute], errors: &mut Errors) {
    for hidden in attrs.iter().filter_map(hidden) {
        let text = format!("`{hidden}` cannot stand in `cfg_attr`: igor must see it always");
        errors.at(hidden, text);
    }
}

/// What a `cfg_attr` hides of the attributes that are read here.
pub(crate) fn hidden(attr: &Attribute) -> Option<Ident> {
    let Meta::List(list) = &attr.meta else { return None };
    if !list.path.is_ident("cfg_attr") {
        return None;
    }
    list.tokens.clone().into_iter().find_map(|token| match token {
        TokenTree::Ident(ident) => {
            ["serde", "ts", "schemars"].iter().any(|name| ident == name).then_some(ident)
        }
        _ => None,
    })
}
