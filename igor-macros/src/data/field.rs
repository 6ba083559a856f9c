//! A field in the shadow.

use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::{Attribute, Field, Fields, GenericArgument, Ident, PathArguments, Type, parse_quote};

use crate::data::case::Case;
use crate::data::kept::kept;
use crate::data::rules::FieldRules;
use crate::data::spelling;
use crate::errors::Errors;

/// What the fields of a struct or a variant have in common.
pub(super) struct Around {
    pub(super) case: Option<Case>,
    pub(super) default: bool,
}

/// Says to ts-rs what serde does with each field.
pub(super) fn shade_all(fields: &mut Fields, around: &Around, errors: &mut Errors) {
    match fields {
        Fields::Named(fields) => {
            for field in &mut fields.named {
                shade_named(field, around, errors);
            }
        }
        Fields::Unnamed(fields) => {
            let is_only = fields.unnamed.len() == 1;
            for field in &mut fields.unnamed {
                shade_unnamed(field, is_only, errors);
            }
        }
        Fields::Unit => {}
    }
}

fn shade_named(field: &mut Field, around: &Around, errors: &mut Errors) {
    let rules = FieldRules::read(&field.attrs, errors);
    let may_be_absent = rules.default || around.default;
    rules.check(may_be_absent || is_option(&field.ty), errors);
    field.attrs = kept(&field.attrs);
    if rules.skip.is_some() {
        field.attrs.push(parse_quote!(#[ts(skip)]));
        return;
    }
    if rules.flatten.is_some() {
        field.attrs.push(parse_quote!(#[ts(flatten)]));
        if let Some(inner) = inside_option(&field.ty) {
            field.ty = parse_quote!(::igor::__private::FlattenedOption<#inner>);
        }
        return;
    }
    let own = field.ident.as_ref().map(|ident| ident.unraw().to_string()).unwrap_or_default();
    let name = match (&rules.rename, around.case) {
        (Some(rename), _) => rename.value(),
        (None, Some(case)) => case.of_field(&own),
        (None, None) => own,
    };
    let name = spelling::name(&name);
    field.attrs.push(parse_quote!(#[ts(rename = #name)]));
    if may_be_absent || rules.skip_if.is_some() {
        field.attrs.push(parse_quote!(#[ts(optional = nullable)]));
    }
    field.attrs.extend(said_type(&rules));
}

fn shade_unnamed(field: &mut Field, is_only: bool, errors: &mut Errors) {
    let rules = FieldRules::read(&field.attrs, errors);
    rules.check(true, errors);
    rules.check_unnamed(is_only, errors);
    field.attrs = kept(&field.attrs);
    if rules.skip.is_some() {
        field.attrs.push(parse_quote!(#[ts(skip)]));
        return;
    }
    field.attrs.extend(said_type(&rules));
}

/// The type that the user says for a field, where `with` writes another one than its own.
fn said_type(rules: &FieldRules) -> Option<Attribute> {
    if let Some(ty) = &rules.ts_as {
        return Some(parse_quote!(#[ts(as = #ty)]));
    }
    rules.ts_type.as_ref().map(|ty| parse_quote!(#[ts(type = #ty)]))
}

/// The type of the one field that a transparent struct is on the wire, and it as that of a tuple
/// struct, because ts-rs makes an object of every struct with named fields.
pub(super) fn transparent(
    fields: &Fields,
    key: &Ident,
    errors: &mut Errors,
) -> Option<(Type, Fields)> {
    let mut skipped = Vec::new();
    let mut written = Vec::new();
    for field in fields {
        let rules = FieldRules::read(&field.attrs, errors);
        rules.check(true, errors);
        match rules.skip {
            Some(_) => skipped.push(&field.ty),
            None => written.push((&field.ty, rules)),
        }
    }
    let [(ty, rules)] = &written[..] else {
        let text = "a transparent struct is its one field: put `#[serde(skip)]` on the others";
        errors.at(key, text);
        return None;
    };
    if let Some(extra) = rules.flatten.as_ref().or(rules.skip_if.as_ref()) {
        errors.at(
            extra,
            format_args!("`{extra}` means nothing in a transparent struct: leave it out"),
        );
    }
    let said = said_type(rules).unwrap_or_else(|| {
        let ty = ty.to_token_stream().to_string();
        parse_quote!(#[ts(as = #ty)])
    });
    // The skipped types stay in it, because they may be all that uses a parameter of the struct.
    let whole = quote::quote!((#ty, ::core::marker::PhantomData<fn() -> (#(#skipped,)*)>));
    Some(((*ty).clone(), Fields::Unnamed(parse_quote!((#said #whole)))))
}

/// The type of the only field of a tuple struct, where TypeScript says that type of it.
pub(super) fn only_unnamed(fields: &Fields) -> Option<Type> {
    let Fields::Unnamed(fields) = fields else { return None };
    let only = fields.unnamed.first().filter(|_| fields.unnamed.len() == 1)?;
    let is_said = only.attrs.iter().any(|attr| attr.path().is_ident("ts"));
    (!is_said).then(|| only.ty.clone())
}

fn is_option(ty: &Type) -> bool {
    inside_option(ty).is_some()
}

/// The `T` of what reads as `Option<T>`.
fn inside_option(ty: &Type) -> Option<&Type> {
    let ty = match ty {
        // What came through `$t:ty` of a macro stands in a group that nobody sees.
        Type::Group(group) => return inside_option(&group.elem),
        Type::Path(ty) => ty,
        _ => return None,
    };
    let last = ty.path.segments.last().filter(|last| last.ident == "Option")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first() {
        Some(GenericArgument::Type(inner)) => Some(inner),
        _ => None,
    }
}
