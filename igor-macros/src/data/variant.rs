//! A variant in the shadow.

use syn::ext::IdentExt as _;
use syn::{Fields, Variant, parse_quote};

use crate::data::kept::{docs, kept};
use crate::data::rules::{TypeRules, VariantRules};
use crate::data::{field, spelling};
use crate::errors::Errors;

/// Says to ts-rs what serde does with the variant; the answer is whether it can be on the wire.
pub(super) fn shade(variant: &mut Variant, around: &TypeRules, errors: &mut Errors) -> bool {
    let rules = VariantRules::read(&variant.attrs, errors);
    if around.tag.is_some() && around.content.is_none() {
        check_beside_tag(variant, &rules, errors);
    }
    let own = variant.ident.unraw().to_string();
    let name = match (&rules.rename, around.rename_all) {
        (Some(rename), _) => rename.value(),
        (None, Some(case)) => case.of_variant(&own),
        (None, None) => own,
    };
    let docs: Vec<_> = docs(&variant.attrs).collect();
    let name = spelling::documented(&spelling::name(&name), &docs.join("\n"));
    variant.attrs = kept(&variant.attrs);
    variant.attrs.push(parse_quote!(#[ts(rename = #name)]));
    if rules.untagged.is_some() {
        variant.attrs.push(parse_quote!(#[ts(untagged)]));
    }
    if rules.skip {
        variant.attrs.push(parse_quote!(#[ts(skip)]));
    }
    variant.discriminant = None;
    let of_fields = around.rename_all_fields.as_ref().map(|(_, case)| *case);
    let case = rules.rename_all.or(of_fields);
    field::shade_all(&mut variant.fields, &field::Around { case, default: false }, errors);
    !rules.skip
}

/// Notes what cannot stand in an enum whose tag is a key among those of the variant.
fn check_beside_tag(variant: &Variant, rules: &VariantRules, errors: &mut Errors) {
    if matches!(&variant.fields, Fields::Unnamed(fields) if fields.unnamed.len() != 1) {
        let text = "beside a `tag` a variant has named fields, one struct, or nothing: name its \
                    fields, or add `content = \"…\"` to the enum";
        errors.at(&variant.fields, text);
    }
    if let Some(untagged) = &rules.untagged {
        let text = "a variant can be `untagged` only where the enum has no `tag`: leave it out";
        errors.at(untagged, text);
    }
}
