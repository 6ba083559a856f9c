//! The shadow: a copy of the user's type that only ts-rs sees.
//!
//! ts-rs reads `#[serde(…)]` itself, and where it does not understand a part of an attribute it
//! drops the whole in silence. So it gets a copy without serde's attributes, on which everything
//! that TypeScript is to say stands in `#[ts(…)]` attributes written here, from igor's own reading.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt as _;
use syn::{Attribute, Data, DeriveInput, Fields, Ident, LitStr, Token, Type, parse_quote};

use crate::data::rules::TypeRules;
use crate::data::{field, spelling, variant};
use crate::errors::Errors;
use crate::expand;

/// Copies a struct or an enum, and notes everything about it that TypeScript cannot follow.
pub(super) fn of(input: &DeriveInput, errors: &mut Errors) -> DeriveInput {
    let rules = TypeRules::read(&input.attrs, errors);
    let mut shadow = input.clone();
    shadow.ident = format_ident!("__IgorShadowOf{}", input.ident.unraw());
    shadow.attrs = kept(&input.attrs);
    shadow.attrs.extend(attrs(&rules, &input.ident));
    match &mut shadow.data {
        Data::Struct(data) => {
            rules.check_struct(&data.fields, errors);
            match &rules.transparent {
                Some(transparent) => {
                    data.fields = field::transparent(&data.fields, transparent, errors);
                    data.semi_token = Some(Token![;](Span::call_site()));
                }
                None => {
                    let around =
                        field::Around { case: rules.rename_all, default: rules.default.is_some() };
                    field::shade_all(&mut data.fields, &around, errors);
                }
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
    shadow
}

/// The docs and `cfg`s, which are all that stays of the user's attributes.
pub(super) fn kept(attrs: &[Attribute]) -> Vec<Attribute> {
    let docs = expand::doc_values(attrs).filter_map(expand::text_of).map(|text| {
        let text = spelling::doc(&text);
        parse_quote!(#[doc = #text])
    });
    expand::cfgs(attrs).into_iter().cloned().chain(docs).collect()
}

fn attrs(rules: &TypeRules, ident: &Ident) -> Vec<Attribute> {
    let own = || LitStr::new(&ident.unraw().to_string(), ident.span());
    let name = rules.rename.clone().unwrap_or_else(own);
    let mut attrs: Vec<Attribute> =
        vec![parse_quote!(#[ts(crate = "::igor::__private::ts_rs", rename = #name)])];
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

/// `TS` for the user's type: what its shadow says.
pub(super) fn forward(input: &DeriveInput, shadow: &DeriveInput) -> TokenStream {
    let (ident, shadow_ident) = (&input.ident, &shadow.ident);
    let cfgs = expand::cfgs(&input.attrs);
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    let source = quote!(<#shadow_ident #type_generics as ts_rs::TS>);
    let bounds = where_clause.map(|clause| clause.predicates.iter()).into_iter().flatten();
    // ts-rs cannot flatten a struct whose only field has no name; serde can, as that field.
    let flattens = match only_unnamed(shadow) {
        Some(inner) => quote!(<#inner as ts_rs::TS>),
        None => source.clone(),
    };
    quote! {
        #(#cfgs)*
        const _: () = {
            use ::igor::__private::ts_rs;

            #[derive(ts_rs::TS)]
            #[allow(dead_code, missing_debug_implementations, private_bounds, private_interfaces)]
            #[allow(unreachable_pub)]
            #shadow

            #[automatically_derived]
            impl #impl_generics ts_rs::TS for #ident #type_generics
            where
                #shadow_ident #type_generics: ts_rs::TS,
                #(#bounds,)*
            {
                type WithoutGenerics = #source::WithoutGenerics;
                type OptionInnerType = Self;
                const IS_ENUM: bool = #source::IS_ENUM;

                fn docs() -> ::core::option::Option<::std::string::String> {
                    #source::docs()
                }
                fn ident(config: &ts_rs::Config) -> ::std::string::String {
                    #source::ident(config)
                }
                fn name(config: &ts_rs::Config) -> ::std::string::String {
                    #source::name(config)
                }
                fn decl(config: &ts_rs::Config) -> ::std::string::String {
                    #source::decl(config)
                }
                fn decl_concrete(config: &ts_rs::Config) -> ::std::string::String {
                    #source::decl_concrete(config)
                }
                fn inline(config: &ts_rs::Config) -> ::std::string::String {
                    #source::inline(config)
                }
                fn inline_flattened(config: &ts_rs::Config) -> ::std::string::String {
                    #flattens::inline_flattened(config)
                }
                fn visit_dependencies(visitor: &mut impl ts_rs::TypeVisitor)
                where
                    Self: 'static,
                {
                    #source::visit_dependencies(visitor)
                }
                fn visit_generics(visitor: &mut impl ts_rs::TypeVisitor)
                where
                    Self: 'static,
                {
                    #source::visit_generics(visitor)
                }
                fn output_path() -> ::core::option::Option<::std::path::PathBuf> {
                    #source::output_path()
                }
            }
        };
    }
}

fn only_unnamed(shadow: &DeriveInput) -> Option<&Type> {
    match &shadow.data {
        Data::Struct(data) => match &data.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                fields.unnamed.first().map(|field| &field.ty)
            }
            _ => None,
        },
        _ => None,
    }
}
