//! What serde is told about a field.

use syn::{Attribute, Ident, LitStr};

use crate::data::entry::Entry;
use crate::data::refusal::{self, On};
use crate::data::rules::refuse_conditional;
use crate::errors::Errors;

/// What stands on a field.
#[derive(Default)]
pub(in crate::data) struct FieldRules {
    pub(in crate::data) rename: Option<LitStr>,
    pub(in crate::data) default: bool,
    pub(in crate::data) skip: Option<Ident>,
    pub(in crate::data) skip_if: Option<Ident>,
    pub(in crate::data) flatten: Option<Ident>,
    pub(in crate::data) with: Option<Ident>,
    /// The Rust type that stands for the field in TypeScript, where the user says one.
    pub(in crate::data) ts_as: Option<LitStr>,
    /// The TypeScript of the field, where the user says it.
    pub(in crate::data) ts_type: Option<LitStr>,
}

impl FieldRules {
    pub(in crate::data) fn read(attrs: &[Attribute], errors: &mut Errors) -> Self {
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
    pub(in crate::data) fn check(&self, may_be_absent: bool, errors: &mut Errors) {
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
    pub(in crate::data) fn check_unnamed(&self, is_only: bool, errors: &mut Errors) {
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
