//! What serde is told about a type, a variant or a field: igor's own reading of `#[serde(…)]`,
//! from which everything that TypeScript says follows.

use proc_macro2::TokenTree;
use syn::{Attribute, Fields, Ident, LitStr, Meta};

use crate::data::case::Case;
use crate::data::entry::Entry;
use crate::data::refusal::{self, On};
use crate::data::spelling;
use crate::errors::Errors;

/// What stands on a struct or an enum.
#[derive(Default)]
pub(super) struct TypeRules {
    pub(super) rename: Option<LitStr>,
    pub(super) rename_all: Option<Case>,
    pub(super) rename_all_fields: Option<Case>,
    pub(super) tag: Option<LitStr>,
    pub(super) content: Option<LitStr>,
    pub(super) untagged: Option<Ident>,
    pub(super) default: Option<Ident>,
    pub(super) transparent: Option<Ident>,
}

/// What stands on a variant.
#[derive(Default)]
pub(super) struct VariantRules {
    pub(super) rename: Option<LitStr>,
    pub(super) rename_all: Option<Case>,
    pub(super) skip: bool,
    pub(super) untagged: Option<Ident>,
}

/// What stands on a field.
#[derive(Default)]
pub(super) struct FieldRules {
    pub(super) rename: Option<LitStr>,
    pub(super) default: bool,
    pub(super) skip: Option<Ident>,
    pub(super) skip_if: Option<Ident>,
    pub(super) flatten: Option<Ident>,
    pub(super) with: Option<Ident>,
    /// The Rust type that stands for the field in TypeScript, where the user says one.
    pub(super) ts_as: Option<LitStr>,
    /// The TypeScript of the field, where the user says it.
    pub(super) ts_type: Option<LitStr>,
}

impl TypeRules {
    pub(super) fn read(attrs: &[Attribute], errors: &mut Errors) -> Self {
        refuse_conditional(attrs, errors);
        let mut rules = TypeRules::default();
        for entry in Entry::all(attrs, "serde", errors) {
            match entry.key.to_string().as_str() {
                "rename" => rules.rename = entry.text(errors),
                "rename_all" => rules.rename_all = case(&entry, errors),
                "rename_all_fields" => rules.rename_all_fields = case(&entry, errors),
                "tag" => rules.tag = entry.text(errors),
                "content" => rules.content = entry.text(errors),
                "untagged" => rules.untagged = Some(entry.key),
                "default" => rules.default = Some(entry.key),
                "transparent" => rules.transparent = Some(entry.key),
                "deny_unknown_fields" | "bound" | "expecting" => {}
                _ => refusal::of_serde(&entry.key, On::Type, errors),
            }
        }
        for entry in Entry::all(attrs, "ts", errors) {
            match entry.key.to_string().as_str() {
                "rename" if rules.tag.is_none() => rules.rename = entry.text(errors),
                _ => refusal::of_ts(&entry.key, On::Type, errors),
            }
        }
        rules.check(errors);
        rules
    }

    /// Notes what is not for a struct.
    pub(super) fn check_struct(&self, fields: &Fields, errors: &mut Errors) {
        if let Some(untagged) = &self.untagged {
            errors.at(untagged, "`untagged` is for an enum: leave it out");
        }
        if let Some(content) = &self.content {
            errors.at(content, "`content` is for an enum: leave it out");
        }
        if let Some(tag) = &self.tag
            && !matches!(fields, Fields::Named(_))
        {
            errors.at(tag, "`tag` is for an enum or a struct with named fields: leave it out");
        }
    }

    /// Notes what is not for an enum.
    pub(super) fn check_enum(&self, errors: &mut Errors) {
        if let Some(transparent) = &self.transparent {
            errors.at(transparent, "`transparent` is for a struct: leave it out");
        }
        if let Some(default) = &self.default {
            errors.at(default, "`default` of the whole is for a struct: leave it out");
        }
    }

    fn check(&self, errors: &mut Errors) {
        if let Some(rename) = &self.rename
            && !spelling::is_identifier(&rename.value())
        {
            errors.at(rename, "this is the type's name in TypeScript: write an identifier");
        }
        match (&self.untagged, &self.tag, &self.content) {
            (Some(untagged), Some(_), _) | (Some(untagged), _, Some(_)) => {
                errors.at(untagged, "an enum is tagged or `untagged`: leave one of them out");
            }
            (None, None, Some(content)) => {
                errors.at(content, "`content` needs `tag = \"…\"` beside it");
            }
            _ => {}
        }
    }
}

impl VariantRules {
    pub(super) fn read(attrs: &[Attribute], errors: &mut Errors) -> Self {
        refuse_conditional(attrs, errors);
        let mut rules = VariantRules::default();
        for entry in Entry::all(attrs, "serde", errors) {
            match entry.key.to_string().as_str() {
                "rename" => rules.rename = entry.text(errors),
                "rename_all" => rules.rename_all = case(&entry, errors),
                "skip" => rules.skip = true,
                "untagged" => rules.untagged = Some(entry.key),
                // They widen what is read, and a TypeScript type may be narrower than that.
                "alias" | "other" | "bound" => {}
                _ => refusal::of_serde(&entry.key, On::Variant, errors),
            }
        }
        for entry in Entry::all(attrs, "ts", errors) {
            refusal::of_ts(&entry.key, On::Variant, errors);
        }
        rules
    }
}

impl FieldRules {
    pub(super) fn read(attrs: &[Attribute], errors: &mut Errors) -> Self {
        refuse_conditional(attrs, errors);
        let mut rules = FieldRules::default();
        for entry in Entry::all(attrs, "serde", errors) {
            match entry.key.to_string().as_str() {
                "rename" => rules.rename = entry.text(errors),
                "default" => rules.default = true,
                "skip" => rules.skip = Some(entry.key),
                "skip_serializing_if" => rules.skip_if = Some(entry.key),
                "flatten" => rules.flatten = Some(entry.key),
                "with" => rules.with = Some(entry.key),
                // It widens what is read, and a TypeScript type may be narrower than that.
                "alias" | "bound" => {}
                _ => refusal::of_serde(&entry.key, On::Field, errors),
            }
        }
        for entry in Entry::all(attrs, "ts", errors) {
            match entry.key.to_string().as_str() {
                "as" => rules.ts_as = entry.text(errors),
                "type" => rules.ts_type = entry.text(errors),
                _ => refusal::of_ts(&entry.key, On::Field, errors),
            }
        }
        rules
    }

    /// Notes what cannot be true in both directions, or not of any field.
    pub(super) fn check(&self, may_be_absent: bool, errors: &mut Errors) {
        if let Some(flatten) = &self.flatten {
            self.check_flattened(flatten, errors);
        } else if let Some(skip_if) = &self.skip_if
            && !may_be_absent
        {
            let text =
                "a key that may not be written must be one that may be missing: add `default`";
            errors.at(skip_if, text);
        }
        if let Some(with) = &self.with
            && self.ts_as.is_none()
        {
            let text = "say beside `with` which type it writes, as `#[ts(as = \"String\")]`";
            errors.at(with, text);
        }
        if let (Some(_), Some(ts_type)) = (&self.ts_as, &self.ts_type) {
            errors.at(ts_type, "`as` says the type already: leave one of them out");
        }
        if let Some(rename) = &self.rename
            && rename.value().is_empty()
        {
            errors.at(rename, "a key has at least one letter");
        }
    }

    fn check_flattened(&self, flatten: &Ident, errors: &mut Errors) {
        let said = [&self.rename, &self.ts_as, &self.ts_type];
        if let Some(said) = said.into_iter().flatten().next() {
            errors.at(said, "a flattened field has no key and no type of its own: leave this out");
        }
        if let Some(key) = [&self.skip_if, &self.with].into_iter().flatten().next() {
            let text = format!("`{key}` cannot stand beside `{flatten}`: leave one of them out");
            errors.at(key, text);
        }
    }

    /// Notes what is not for a field without a name.
    pub(super) fn check_unnamed(&self, is_only: bool, errors: &mut Errors) {
        if let Some(rename) = &self.rename {
            errors.at(rename, "a field without a name cannot be renamed: leave `rename` out");
        }
        if let Some(flatten) = &self.flatten {
            errors.at(flatten, "only a field with a name can be flattened: leave `flatten` out");
        }
        if let Some(skip_if) = &self.skip_if {
            errors.at(skip_if, "a tuple has one length: give the field a name, or leave this out");
        }
        if let (Some(skip), true) = (&self.skip, is_only) {
            errors.at(skip, "it is the only field: leave the field out, or leave `skip` out");
        }
    }
}

fn case(entry: &Entry, errors: &mut Errors) -> Option<Case> {
    Case::read(&entry.text(errors)?, errors)
}

/// Notes a `cfg_attr` that hides something from this reading: the compiler looks into it only
/// after the attribute has run.
fn refuse_conditional(attrs: &[Attribute], errors: &mut Errors) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("cfg_attr")) {
        let Meta::List(list) = &attr.meta else { continue };
        let hidden = list.tokens.clone().into_iter().find_map(|token| match token {
            TokenTree::Ident(ident) => {
                ["serde", "ts", "schemars"].iter().any(|name| ident == name).then_some(ident)
            }
            _ => None,
        });
        if let Some(hidden) = hidden {
            let text = format!("`{hidden}` cannot stand in `cfg_attr`: igor must see it always");
            errors.at(hidden, text);
        }
    }
}
