//! One key in `#[serde(…)]` or `#[ts(…)]`.

use proc_macro2::TokenStream;
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitStr, Token, parenthesized};

use crate::errors::Errors;

/// `key`, `key = "value"` or `key(…)`.
pub(super) struct Entry {
    pub(super) key: Ident,
    value: Value,
}

enum Value {
    None,
    Text(LitStr),
    /// Any other expression, or a list.
    Other(TokenStream),
}

impl Entry {
    /// Everything that the attributes of one name say of one item, field or variant.
    pub(super) fn all(attrs: &[Attribute], name: &str, errors: &mut Errors) -> Vec<Entry> {
        let mut all: Vec<Entry> = Vec::new();
        for attr in attrs.iter().filter(|attr| attr.path().is_ident(name)) {
            let list = Punctuated::<Entry, Token![,]>::parse_terminated;
            match attr.parse_args_with(list) {
                Ok(entries) => all.extend(entries),
                Err(error) => errors.add(error),
            }
        }
        for (nth, entry) in all.iter().enumerate() {
            // The other names that are read may be several.
            if entry.key != "alias" && all[..nth].iter().any(|earlier| earlier.key == entry.key) {
                errors.at(&entry.key, format_args!("`{}` is said twice", entry.key));
            }
        }
        all
    }

    /// The text of `key = "text"`.
    pub(super) fn text(&self, errors: &mut Errors) -> Option<LitStr> {
        match &self.value {
            Value::Text(text) => return Some(text.clone()),
            Value::None => {
                errors.at(&self.key, format_args!("write `{} = \"…\"`", self.key));
            }
            Value::Other(other) if self.is_by_direction() => {
                let text = format!(
                    "one name for both directions, because one TypeScript type stands for both: \
                     write `{} = \"…\"`",
                    self.key
                );
                errors.at(other, text);
            }
            Value::Other(other) => errors.at(other, format_args!("write `{} = \"…\"`", self.key)),
        }
        None
    }

    /// Whether it is one of those that serde lets differ, as `rename(serialize = "…")`.
    fn is_by_direction(&self) -> bool {
        ["rename", "rename_all", "rename_all_fields"].iter().any(|key| self.key == key)
    }
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = input.call(Ident::parse_any)?;
        let value = if input.parse::<Option<Token![=]>>()?.is_some() {
            match ungrouped(input.parse()?) {
                Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Value::Text(text),
                other => Value::Other(quote::ToTokens::into_token_stream(other)),
            }
        } else if input.peek(syn::token::Paren) {
            let list;
            parenthesized!(list in input);
            Value::Other(list.parse()?)
        } else {
            Value::None
        };
        Ok(Entry { key, value })
    }
}

/// What came through `$text:literal` of a macro stands in a group that nobody sees.
fn ungrouped(value: Expr) -> Expr {
    match value {
        Expr::Group(group) => ungrouped(*group.expr),
        other => other,
    }
}
