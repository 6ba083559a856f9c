//! What `#[serde(…)]` says of fields.

use std::collections::BTreeMap;

use proptest_derive::Arbitrary;

use crate::row::few;

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Renamed {
    #[serde(rename = "type")]
    kind: u8,
    #[serde(rename = "größe")]
    size: u8,
    r#in: u8,
}

/// Signs that mean something to TypeScript, or end something.
#[igor::data]
#[derive(Debug, Arbitrary)]
struct Signs {
    #[serde(rename = "a-b")]
    dash: u8,
    #[serde(rename = "\"'`${x}")]
    quotes: u8,
    #[serde(rename = "} & { c")]
    braces: u8,
    #[serde(rename = "\\ */ // \n")]
    ends: u8,
    #[serde(rename = "1")]
    digit: u8,
    #[serde(rename = " ")]
    space: Option<u8>,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
#[serde(tag = "the \"kind\"")]
enum SignsOfVariants {
    #[serde(rename = "a \"b\"")]
    Quoted,
    #[serde(rename = "| never")]
    Bar { x: u8 },
}

/// Each case, for fields with and without underscores.
macro_rules! cases {
    ($($name:ident $case:literal)+) => { $(
        #[igor::data]
        #[derive(Debug, Arbitrary)]
        #[serde(rename_all = $case)]
        struct $name {
            room_name: u8,
            _private_2nd: u8,
            plain: u8,
        }
    )+ };
}

cases! {
    Lower "lowercase" Upper "UPPERCASE" Pascal "PascalCase" Camel "camelCase" Snake "snake_case"
    Screaming "SCREAMING_SNAKE_CASE" Kebab "kebab-case" ScreamingKebab "SCREAMING-KEBAB-CASE"
}

#[igor::data]
#[derive(Debug, Arbitrary)]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase")]
enum RenamedFields {
    TooLong {
        hard_limit: u8,
    },
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    TooShort {
        soft_limit: u8,
    },
    HTTPError(u8),
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Options {
    one: Option<u8>,
    nested: Option<Option<String>>,
    list: Option<Vec<Option<u8>>>,
    boxed: Box<Option<bool>>,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Defaults {
    #[serde(default)]
    number: u8,
    #[serde(default = "seven")]
    seven: u8,
    #[serde(default)]
    option: Option<u8>,
    needed: u8,
}

fn seven() -> u8 {
    7
}

#[igor::data]
#[derive(Debug, Default, Arbitrary)]
#[serde(default)]
struct AllDefault {
    a: u8,
    #[proptest(strategy = "few()")]
    b: Vec<String>,
    c: Option<u8>,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct SkippedIf {
    #[serde(skip_serializing_if = "Option::is_none")]
    option: Option<u8>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    list: Vec<u8>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[proptest(strategy = "few()")]
    map: BTreeMap<String, u8>,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Skipped {
    kept: u8,
    #[serde(skip)]
    #[proptest(value = "0")]
    #[allow(dead_code)] // it is there to be skipped
    left_out: u128,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Aliased {
    #[serde(alias = "name", alias = "nick")]
    called: String,
}

mod hex {
    use igor::serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(number: &u8, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&format!("{number:x}"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u8, D::Error> {
        u8::from_str_radix(&String::deserialize(from)?, 16).map_err(D::Error::custom)
    }
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct WithAs {
    #[serde(with = "hex")]
    #[ts(as = "String")]
    number: u8,
    #[serde(with = "hex", default)]
    #[ts(as = "String")]
    absent: u8,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
#[serde(deny_unknown_fields)]
struct Strict {
    only: u8,
    maybe: Option<u8>,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
#[serde(bound = "", expecting = "a row of the table")]
struct Bound {
    #[serde(bound = "")]
    field: u8,
}

rows! {
    rename: Renamed;
    rename_with_signs: Signs, SignsOfVariants;
    rename_all: Lower, Upper, Pascal, Camel, Snake, Screaming, Kebab, ScreamingKebab;
    rename_all_fields: RenamedFields;
    option: Options;
    default: Defaults, AllDefault;
    skip_serializing_if: SkippedIf;
    skip: Skipped;
    alias: Aliased;
    with_and_as of "0" "a" "ff": WithAs;
    deny_unknown_fields: Strict;
    bound_and_expecting: Bound;
}
