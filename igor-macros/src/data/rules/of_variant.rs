//! What serde is told about a variant.

use syn::{Attribute, Ident, LitStr};

use crate::data::case::Case;
use crate::data::entry::Entry;
use crate::data::refusal::{self, On};
use crate::data::rules::{case, refuse_conditional};
use crate::errors::Errors;

/// What stands on a variant.
#[derive(Default)]
pub(in crate::data) struct VariantRules {
    pub(in crate::data) rename: Option<LitStr>,
    pub(in crate::data) rename_all: Option<Case>,
    pub(in crate::data) skip: bool,
    pub(in crate::data) untagged: Option<Ident>,
}

impl VariantRules {
    pub(in crate::data) fn read(attrs: &[Attribute], errors: &mut Errors) -> Self {
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
