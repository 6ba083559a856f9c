//! What stands in the parentheses of an attribute: a name, and keys.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{ExprPath, Ident, Lit, LitStr, Token, Type, TypePath, parse_quote};

use crate::errors::Errors;
use crate::nearest::nearest;
use crate::quantity;

/// How an attribute is written, for reading it and for saying so.
pub(crate) struct Form {
    /// The legal forms in words: "write …".
    pub(crate) usage: &'static str,
    pub(crate) takes_name: bool,
    /// The keys that it knows, each as it is written: `blocking`, `timeout = "30s"`.
    pub(crate) keys: &'static [&'static str],
}

impl Form {
    fn knows(&self, name: &Ident) -> bool {
        self.keys.iter().any(|key| name == named(key))
    }

    /// What to write in place of a key that it does not know.
    fn instead_of(&self, name: &str) -> String {
        let meant = nearest(name, self.keys.iter().map(|key| named(key)));
        if let Some(key) = self.keys.iter().find(|key| Some(named(key)) == meant) {
            return format!("`{key}`");
        }
        let Form { usage, keys, .. } = self;
        match keys {
            // What there is stands in the usage.
            [] | [_] => (*usage).to_owned(),
            _ => format!("{usage}; the options are `{}`", keys.join("`, `")),
        }
    }
}

/// The name of a key that is written so.
fn named(key: &str) -> &str {
    key.split_once(' ').map_or(key, |(name, _)| name)
}

/// The options of one use of an attribute.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) name: Option<LitStr>,
    keys: Vec<Key>,
}

/// `blocking`, `restart = "always"` or `reply = bool`.
struct Key {
    ident: Ident,
    value: Option<Value>,
}

impl Key {
    /// What it says, or else itself.
    fn at(&self) -> &dyn ToTokens {
        self.value.as_ref().map_or(&self.ident, |value| value)
    }
}

enum Value {
    Lit(Lit),
    Type(Box<Type>),
}

impl Options {
    /// Reads the options, and notes every mistake in them.
    pub(crate) fn read(tokens: TokenStream, form: &Form, errors: &mut Errors) -> Self {
        let list = Punctuated::<Given, Token![,]>::parse_terminated;
        let given = match list.parse2(tokens) {
            Ok(given) => given,
            Err(error) => {
                errors.at_span(error.span(), format_args!("write {}", form.usage));
                return Options::default();
            }
        };
        let mut options = Options::default();
        for one in given {
            match one {
                Given::Name(name) => options.take_name(name, form, errors),
                Given::Key(key) => options.take_key(key, form, errors),
            }
        }
        options
    }

    fn take_name(&mut self, name: LitStr, form: &Form, errors: &mut Errors) {
        if !form.takes_name {
            errors.at(name, format_args!("no name is needed here: write {}", form.usage));
        } else if self.name.is_some() {
            errors.at(name, "there is a name already: write one");
        } else {
            check_name(&name, errors);
            self.name = Some(name);
        }
    }

    fn take_key(&mut self, key: Key, form: &Form, errors: &mut Errors) {
        if !form.knows(&key.ident) {
            let instead = form.instead_of(&key.ident.to_string());
            let text = format!("`{}` is not known here: write {instead}", key.ident);
            errors.at(key.ident, text);
        } else if self.keys.iter().any(|taken| taken.ident == key.ident) {
            let text = format!("`{}` is said twice", key.ident);
            errors.at(key.ident, text);
        } else {
            self.keys.push(key);
        }
    }

    /// The key's own tokens, if this flag is set.
    pub(crate) fn flag(&self, name: &str, errors: &mut Errors) -> Option<&Ident> {
        let key = self.keys.iter().find(|key| key.ident == name)?;
        if let Some(value) = &key.value {
            errors
                .at(value, format_args!("`{name}` takes no value: leave it out or write `{name}`"));
        }
        Some(&key.ident)
    }

    /// The value of the key with this name, if it is there and a string.
    pub(crate) fn text(&self, name: &str, example: &str, errors: &mut Errors) -> Option<&LitStr> {
        let key = self.keys.iter().find(|key| key.ident == name)?;
        match &key.value {
            Some(Value::Lit(Lit::Str(text))) => Some(text),
            Some(other) => {
                errors.at(other, format_args!("write `{name} = \"{example}\"`"));
                None
            }
            None => {
                errors.at(&key.ident, format_args!("write `{name} = \"{example}\"`"));
                None
            }
        }
    }

    /// What was chosen of a few, if the key with this name is there.
    pub(crate) fn choice(
        &self,
        name: &str,
        choices: &[(&str, &'static str)],
        errors: &mut Errors,
    ) -> Option<&'static str> {
        let (first, _) = choices.first()?;
        let text = self.text(name, first, errors)?;
        let value = text.value();
        let chosen = choices.iter().find(|(choice, _)| *choice == value);
        if chosen.is_none() {
            let legal: Vec<_> =
                choices.iter().map(|(choice, _)| format!("`\"{choice}\"`")).collect();
            let legal = legal.join(", ");
            errors
                .at(text, format_args!("`{value}` is not known here: `{name}` is one of {legal}"));
        }
        chosen.map(|(_, chosen)| *chosen)
    }

    /// The type under the key with this name, where there must be one.
    pub(crate) fn required_type(&self, name: &str, form: &Form, errors: &mut Errors) -> Type {
        match self.keys.iter().find(|key| key.ident == name) {
            Some(Key { value: Some(Value::Type(ty)), .. }) => return (**ty).clone(),
            Some(key) => errors.at(&key.ident, format_args!("write `{name} = T`, with a type")),
            // An error in the options may be the reason why it is not there.
            None if !errors.is_empty() => {}
            None => errors.at_span(
                Span::call_site(),
                format_args!("`{name}` is missing: write {}", form.usage),
            ),
        }
        parse_quote!(())
    }

    /// The milliseconds of a span of time, if the key with this name is there.
    pub(crate) fn millis(&self, name: &str, errors: &mut Errors) -> Option<u64> {
        let text = self.text(name, "30s", errors)?;
        let millis = quantity::millis(&text.value());
        if millis.is_none() {
            let legal = "a whole number above 0 with `ms`, `s`, `m` or `h`";
            errors.at(text, format_args!("`{}` is no span of time: write {legal}", text.value()));
        }
        millis
    }

    /// So many in so many milliseconds, if the key with this name is there.
    pub(crate) fn rate(&self, name: &str, errors: &mut Errors) -> Option<(u32, u64)> {
        let text = self.text(name, "10/s", errors)?;
        let rate = quantity::rate(&text.value());
        if rate.is_none() {
            let legal = "a whole number above 0, `/`, and `s`, `m`, `h` or a span of time as `10s`";
            errors.at(text, format_args!("`{}` is no rate: write {legal}", text.value()));
        }
        rate
    }

    /// The whole number above 0 under the key with this name, if it is there.
    pub(crate) fn count(&self, name: &str, errors: &mut Errors) -> Option<u32> {
        let key = self.keys.iter().find(|key| key.ident == name)?;
        if let Some(Value::Lit(Lit::Int(number))) = &key.value
            && let Some(count) = number.base10_parse().ok().filter(|count| *count > 0)
        {
            return Some(count);
        }
        errors.at(key.at(), format_args!("write `{name} = 4`, with a whole number above 0"));
        None
    }

    /// The path under the key with this name, if it is there.
    pub(crate) fn path(&self, name: &str, example: &str, errors: &mut Errors) -> Option<ExprPath> {
        let key = self.keys.iter().find(|key| key.ident == name)?;
        if let Some(Value::Type(ty)) = &key.value
            && let Type::Path(TypePath { qself, path, .. }) = &**ty
        {
            let (qself, path) = (qself.clone(), path.clone());
            return Some(ExprPath { attrs: Vec::new(), qself, path });
        }
        errors.at(key.at(), format_args!("write `{name} = {example}`, with a function"));
        None
    }

    /// The name, where there must be one.
    pub(crate) fn required_name(&mut self, form: &Form, errors: &mut Errors) -> LitStr {
        self.name.take().unwrap_or_else(|| {
            // An error in the options may be the reason why there is no name.
            if errors.is_empty() {
                errors.at_span(
                    Span::call_site(),
                    format_args!("the name is missing: write {}", form.usage),
                );
            }
            LitStr::new("", Span::call_site())
        })
    }
}

/// One of the options, in the order they stand.
enum Given {
    Name(LitStr),
    Key(Key),
}

impl Parse for Given {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitStr) {
            return input.parse().map(Given::Name);
        }
        let ident = input.call(Ident::parse_any)?;
        let value = match input.parse::<Option<Token![=]>>()? {
            Some(_) if input.peek(Lit) => Some(Value::Lit(input.parse()?)),
            Some(_) => Some(Value::Type(input.parse()?)),
            None => None,
        };
        Ok(Given::Key(Key { ident, value }))
    }
}

impl ToTokens for Value {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Value::Lit(lit) => lit.to_tokens(tokens),
            Value::Type(ty) => ty.to_tokens(tokens),
        }
    }
}

/// Whether TypeScript can write the name, part by part.
fn check_name(name: &LitStr, errors: &mut Errors) {
    let text = name.value();
    if text.is_empty() {
        errors.at(name, "a name has at least one letter, as `chat.say`");
    } else if !text.split('.').all(is_part) {
        let rule = "parts of letters, digits and `_`, joined by `.`, none of them empty or starting \
                    with a digit, as `chat.say`";
        errors.at(name, format_args!("`{text}` is not a name: write {rule}"));
    } else if text == "igor" || text.starts_with("igor.") {
        errors.at(
            name,
            format_args!("`{text}` is taken: names that start with `igor` are igor's own"),
        );
    }
}

fn is_part(part: &str) -> bool {
    let mut chars = part.chars();
    chars.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && chars.all(|other| other.is_alphanumeric() || other == '_')
}
