//! The shadow: a copy of the user's type that only ts-rs sees.
//!
//! ts-rs reads `#[serde(…)]` itself, and where it does not understand a part of an attribute it
//! drops the whole in silence. So it gets a copy without serde's attributes, on which everything
//! that TypeScript is to say stands in `#[ts(…)]` attributes written here, from igor's own reading.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt as _;
use syn::{Attribute, Data, DeriveInput, Generics, Token, Type, parse_quote};

use crate::data::kept::kept;
use crate::data::rules::TypeRules;
use crate::data::{field, spelling, variant};
use crate::errors::Errors;

/// The copy, and what else TypeScript must know of the type.
pub(super) struct Shadow {
    pub(super) item: DeriveInput,
    /// The only field that has no key, by which the struct flattens; ts-rs flattens none such.
    pub(super) inner: Option<Type>,
}

/// Copies a struct or an enum, and notes everything about it that TypeScript cannot follow.
pub(super) fn of(input: &DeriveInput, errors: &mut Errors) -> Shadow {
    let rules = TypeRules::read(&input.attrs, errors);
    let mut item = input.clone();
    let mut inner = None;
    item.ident = format_ident!("__IgorShadowOf{}", input.ident.unraw());
    item.attrs = kept(&input.attrs);
    item.attrs.extend(attrs(&rules, input));
    match &mut item.data {
        Data::Struct(data) => {
            rules.check_struct(&data.fields, errors);
            if let Some(key) = &rules.transparent {
                if let Some((ty, fields)) = field::transparent(&data.fields, key, errors) {
                    (inner, data.fields) = (Some(ty), fields);
                    data.semi_token = Some(Token![;](Span::call_site()));
                }
            } else {
                let around =
                    field::Around { case: rules.rename_all, default: rules.default.is_some() };
                field::shade_all(&mut data.fields, &around, errors);
                inner = field::only_unnamed(&data.fields);
            }
        }
        Data::Enum(data) => {
            rules.check_enum(errors);
            let mut on_the_wire = data.variants.is_empty();
            for variant in &mut data.variants {
                on_the_wire |= variant::shade(variant, &rules, errors);
            }
            if !on_the_wire {
                errors.at(&input.ident, "every variant is skipped: leave one for the wire");
            }
        }
        Data::Union(data) => {
            let text = "data is a struct or an enum: a union does not say what it holds";
            errors.at(data.union_token, text);
        }
    }
    Shadow { item, inner }
}

fn attrs(rules: &TypeRules, input: &DeriveInput) -> Vec<Attribute> {
    let name = rules.name(&input.ident);
    let bounds = bounds(&input.generics).to_string();
    let mut attrs: Vec<Attribute> = vec![
        parse_quote!(#[ts(crate = "::igor::__private::ts_rs", rename = #name, bound = #bounds)]),
    ];
    if let Some(tag) = &rules.tag {
        let tag = spelling::name(&tag.value());
        attrs.push(parse_quote!(#[ts(tag = #tag)]));
    }
    if let Some(content) = &rules.content {
        let content = spelling::name(&content.value());
        attrs.push(parse_quote!(#[ts(content = #content)]));
    }
    if rules.untagged.is_some() {
        attrs.push(parse_quote!(#[ts(untagged)]));
    }
    attrs
}

/// What the parameters of the type must be for TypeScript to know it.
///
/// ts-rs asks it of those that it finds in a field, and names them all, so that one which stands
/// in skipped fields alone does not compile.
pub(super) fn bounds(generics: &Generics) -> TokenStream {
    let parameters = generics.type_params().map(|parameter| &parameter.ident);
    let own = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    quote!(#(#parameters: ::igor::__private::ts_rs::TS,)* #(#own,)*)
}
