//! What serde knows and a TypeScript type cannot follow, and what to write instead.

use syn::Ident;

use crate::errors::Errors;

/// Where a key stands.
#[derive(Clone, Copy)]
pub(super) enum On {
    Type,
    Variant,
    Field,
}

/// Notes that a key of serde is not taken here, and why.
pub(super) fn of_serde(key: &Ident, on: On, errors: &mut Errors) {
    let name = key.to_string();
    let advice = match (name.as_str(), on) {
        ("crate", On::Type) => "igor says itself where serde is: leave it out",
        ("from" | "into" | "try_from", On::Type) => {
            "the wire would carry another type than this one: put `#[igor::data]` on that type, \
             and convert where you use it"
        }
        ("remote", On::Type) => "put `#[igor::data]` on a type of your own, and convert",
        ("getter", On::Field) => {
            "it belongs to `remote`: put `#[igor::data]` on a type of your own"
        }
        ("field_identifier" | "variant_identifier", On::Type) => {
            "it is for deserializers written by hand: leave it out"
        }
        ("serialize_with" | "deserialize_with", On::Field) => {
            "it says one direction only: write `with = \"…\"`, which says both, and the type that \
             it writes beside it, as `#[ts(as = \"String\")]`"
        }
        ("with" | "serialize_with" | "deserialize_with", On::Variant) => {
            "TypeScript cannot know what it writes: say it of the variant's field, with the type \
             that it writes beside it, as `#[ts(as = \"String\")]`"
        }
        ("skip_serializing" | "skip_deserializing", On::Variant | On::Field) => {
            "it says one direction only: write `skip`, or two types, one for each direction"
        }
        ("borrow", On::Variant | On::Field) => "data is owned: use `String` or `Vec<u8>`",
        _ => {
            let known = match on {
                On::Type => TYPE_KEYS,
                On::Variant => VARIANT_KEYS,
                On::Field => FIELD_KEYS,
            };
            errors.at(key, format_args!("`{name}` is not known here: write one of {known}"));
            return;
        }
    };
    errors.at(key, format_args!("`{name}` cannot be used in data: {advice}"));
}

const TYPE_KEYS: &str = "`rename`, `rename_all`, `rename_all_fields`, `tag`, `content`, \
                         `untagged`, `default`, `transparent`, `deny_unknown_fields`, `bound`, \
                         `expecting`";
const VARIANT_KEYS: &str = "`rename`, `rename_all`, `alias`, `skip`, `other`, `untagged`, `bound`";
const FIELD_KEYS: &str =
    "`rename`, `alias`, `default`, `skip`, `skip_serializing_if`, `flatten`, `with`, `bound`";

/// Notes that a key of ts-rs is not taken here.
pub(super) fn of_ts(key: &Ident, on: On, errors: &mut Errors) {
    let takes = match on {
        On::Type => "of a type, `#[ts(rename = \"…\")]` alone can be said",
        On::Variant => "nothing can be said by `ts` of a variant",
        On::Field => "of a field, `#[ts(as = \"…\")]` and `#[ts(type = \"…\")]` can be said",
    };
    let text = format!(
        "`{key}` would make TypeScript differ from what serde does, so say it to serde, as \
         `#[serde(default)]` or `#[serde(rename = \"…\")]`; {takes}"
    );
    errors.at(key, text);
}
