//! What serde is told about a struct or an enum as a whole.

use syn::ext::IdentExt as _;
use syn::{Attribute, Fields, Ident, LitStr};

use crate::data::case::Case;
use crate::data::entry::Entry;
use crate::data::refusal::{self, On};
use crate::data::rules::{case, refuse_conditional};
use crate::data::spelling;
use crate::errors::Errors;

/// What stands on a struct or an enum.
#[derive(Default)]
pub(in crate::data) struct TypeRules {
    pub(in crate::data) rename: Option<LitStr>,
    pub(in crate::data) rename_all: Option<Case>,
    pub(in crate::data) rename_all_fields: Option<(Ident, Case)>,
    pub(in crate::data) tag: Option<LitStr>,
    pub(in crate::data) content: Option<LitStr>,
    pub(in crate::data) untagged: Option<Ident>,
    pub(in crate::data) default: Option<Ident>,
    pub(in crate::data) transparent: Option<Ident>,
    pub(in crate::data) deny_unknown_fields: Option<Ident>,
}

impl TypeRules {
    pub(in crate::data) fn read(attrs: &[Attribute], errors: &mut Errors) -> Self {
        refuse_conditional(attrs, errors);
        let mut rules = TypeRules::default();
        for entry in Entry::all(attrs, "serde", errors) {
            match entry.key.to_string().as_str() {
                "rename" => rules.rename = entry.text(errors),
                "rename_all" => rules.rename_all = case(&entry, errors),
                "rename_all_fields" => {
                    rules.rename_all_fields = case(&entry, errors).map(|case| (entry.key, case));
                }
                "tag" => rules.tag = entry.text(errors),
                "content" => rules.content = entry.text(errors),
                "untagged" => rules.untagged = Some(entry.key),
                "default" => rules.default = Some(entry.key),
                "transparent" => rules.transparent = Some(entry.key),
                "deny_unknown_fields" => rules.deny_unknown_fields = Some(entry.key),
                "bound" | "expecting" => {}
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

    /// What the type is called, in TypeScript and in the tag of a struct.
    pub(in crate::data) fn name(&self, ident: &Ident) -> LitStr {
        let own = || LitStr::new(&ident.unraw().to_string(), ident.span());
        self.rename.clone().unwrap_or_else(own)
    }

    /// Notes what is not for a struct.
    pub(in crate::data) fn check_struct(&self, fields: &Fields, errors: &mut Errors) {
        if let Some(untagged) = &self.untagged {
            errors.at(untagged, "`untagged` is for an enum: leave it out");
        }
        if let Some(content) = &self.content {
            errors.at(content, "`content` is for an enum: leave it out");
        }
        if let Some((of_fields, _)) = &self.rename_all_fields {
            errors.at(of_fields, "`rename_all_fields` is for an enum: write `rename_all`");
        }
        if let Some(tag) = &self.tag
            && !matches!(fields, Fields::Named(_))
        {
            errors.at(tag, "`tag` is for an enum or a struct with named fields: leave it out");
        }
        if let (Some(_), Some(deny)) = (&self.tag, &self.deny_unknown_fields) {
            let text = "serde would refuse the `tag` that it writes itself: leave one of them out";
            errors.at(deny, text);
        }
    }

    /// Notes what is not for an enum.
    pub(in crate::data) fn check_enum(&self, errors: &mut Errors) {
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
