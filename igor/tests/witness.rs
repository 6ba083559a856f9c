//! What ts-rs says of a type is compared with what schemars says, when a client is emitted.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use igor::emit::{Emit, Language, Runtime};
use igor::{Event, Registry};

/// The mistakes of emitting a client with this event, a line each.
fn mistakes_of<E: Event>() -> String {
    let registry = Registry::new().event::<E>();
    match (Emit { registry, runtime: Runtime::Package, ..Emit::default() })
        .text(Language::TypeScript)
    {
        Ok(_) => String::new(),
        Err(error) => error.message().to_owned(),
    }
}

mod agrees {
    use super::*;

    #[igor::data]
    pub(super) struct Line {
        who: String,
        reply_to: Option<Box<Line>>,
        seconds: u64,
    }

    #[igor::data]
    pub(super) struct Page<T> {
        items: Vec<T>,
        next: Option<Box<Page<T>>>,
    }

    #[igor::data]
    pub(super) enum External {
        Unit,
        One(u8),
        Two(u8, String),
        Fields { x: u8, line: Option<Box<Line>> },
        Empty(()),
    }

    #[igor::data]
    #[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
    pub(super) enum Internal {
        Unit,
        Whole(Line),
        SomeFields { a_field: u8 },
    }

    #[igor::data]
    #[serde(tag = "t", content = "c")]
    pub(super) enum Adjacent {
        Unit,
        One(u8),
        Fields { x: u8 },
    }

    #[igor::data]
    #[serde(untagged)]
    pub(super) enum Untagged {
        Unit,
        One(u8),
        Fields { x: u8 },
    }

    /// With docs on its variants.
    #[igor::data]
    #[derive(PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub(super) enum Documented {
        /// The first.
        First,
        /// The second.
        Second,
    }

    #[igor::data]
    #[derive(PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub(super) enum Key {
        First,
        #[serde(rename = "2nd-\"")]
        Second,
    }

    #[igor::data]
    pub(super) struct Maps {
        texts: HashMap<String, Vec<u8>>,
        numbers: BTreeMap<u32, String>,
        keys: HashMap<Key, u8>,
        documented: BTreeMap<Documented, Option<u8>>,
        nested: HashMap<String, HashMap<String, Line>>,
    }

    #[igor::data]
    pub(super) struct Inner {
        inner: u8,
        #[serde(default)]
        other: Option<String>,
    }

    #[igor::data]
    pub(super) struct Flattened {
        own: u8,
        #[serde(flatten)]
        inner: Inner,
        #[serde(flatten)]
        choice: Internal,
    }

    #[igor::data]
    pub(super) struct FlattenedOption {
        own: u8,
        #[serde(flatten)]
        inner: Option<Inner>,
    }

    macro_rules! flattened {
        ($name:ident, $inner:ty) => {
            #[igor::data]
            pub(super) struct $name {
                own: u8,
                #[serde(flatten)]
                inner: $inner,
            }
        };
    }

    flattened!(FlattenedByMacro, Option<Inner>);

    #[igor::data]
    pub(super) struct FlattenedMap {
        own: u8,
        #[serde(flatten)]
        others: BTreeMap<String, u8>,
    }

    #[igor::data]
    #[derive(Default)]
    #[serde(default)]
    pub(super) struct Defaults {
        a: u8,
        b: Option<u8>,
        #[serde(skip)]
        c: u8,
    }

    #[igor::data]
    pub(super) struct Sometimes {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        a: Option<u8>,
        #[serde(default)]
        b: Vec<u8>,
        #[serde(alias = "see")]
        c: bool,
    }

    #[igor::data]
    #[serde(transparent)]
    pub(super) struct Transparent {
        value: u8,
    }

    #[igor::data]
    #[serde(deny_unknown_fields)]
    pub(super) struct Strict {
        value: u8,
    }

    #[igor::data]
    pub(super) struct Unit;

    #[igor::data]
    pub(super) struct Nothing {}

    #[igor::data]
    pub(super) struct New(Line);

    #[igor::data]
    pub(super) struct Pair(u8, String);

    #[igor::data]
    pub(super) struct Std {
        character: char,
        float: f32,
        address: std::net::IpAddr,
        path: std::path::PathBuf,
        set: BTreeSet<u8>,
        range: std::ops::Range<u8>,
        result: Result<u8, Line>,
        bytes: [u8; 32],
        tuple: (u8, Option<String>),
        nothing: (),
        value: serde_json::Value,
        big: i128,
        shared: std::sync::Arc<str>,
    }

    #[igor::event("all")]
    pub(super) struct All {
        by_macro: FlattenedByMacro,
        page: Page<Line>,
        pages: Page<Page<u8>>,
        external: External,
        internal: Internal,
        adjacent: Adjacent,
        untagged: Vec<Untagged>,
        documented: Documented,
        maps: Maps,
        flattened: Flattened,
        flattened_option: FlattenedOption,
        flattened_map: FlattenedMap,
        defaults: Defaults,
        sometimes: Sometimes,
        transparent: Transparent,
        strict: Strict,
        unit: Unit,
        nothing: Nothing,
        new: New,
        pair: Pair,
        std: Std,
    }
}

#[test]
fn what_serde_does_in_ordinary_types_is_what_typescript_says() {
    assert_eq!(mistakes_of::<agrees::All>(), "");
}

#[igor::data]
struct Point {
    x: u8,
}

#[igor::data]
struct Choice {
    #[ts(type = "boolean")]
    inner: u8,
}

/// Events with one field each, of which something is told to TypeScript.
macro_rules! told {
    ($($event:ident { #[$told:meta] field: $data:ty })+) => { $(
        #[igor::event("told")]
        struct $event {
            #[$told]
            field: $data,
        }
    )+ };
}

told! {
    AnotherKind { #[ts(type = "string")] field: u8 }
    Narrower { #[ts(type = "\"a\" | \"b\"")] field: String }
    Wider { #[ts(type = "number | string")] field: u8 }
    OneLength { #[ts(as = "(u8, u8)")] field: Vec<u8> }
    MoreFields { #[ts(type = "{ x: number, y: number }")] field: Point }
    FewerFields { #[ts(type = "{}")] field: Point }
    OptionalField { #[ts(type = "{ x?: number }")] field: Point }
    DeepInside { #[serde(default)] field: Vec<Option<Choice>> }
    Values { #[ts(type = "{ [key in string]?: string }")] field: HashMap<String, u8> }
    KeysOfBooleans { #[serde(default)] field: BTreeMap<bool, u8> }
    AFunction { #[ts(type = "(a: number) => void")] field: u8 }
    Unknown { #[ts(type = "RegExp")] field: String }
}

#[igor::event("flattened")]
struct InsideFlattened {
    #[serde(flatten)]
    field: Option<Choice>,
}

/// Asserts that one line of the mistakes begins so.
fn assert_told(mistakes: &str, beginning: &str) {
    assert!(mistakes.lines().any(|line| line.starts_with(beginning)), "{beginning}\n{mistakes}");
}

#[test]
fn what_is_written_is_a_value_of_the_typescript_type() {
    for (mistakes, path, why) in [
        (mistakes_of::<AnotherKind>(), "AnotherKind.field", "a number is written, but a string is"),
        (
            mistakes_of::<Narrower>(),
            "Narrower.field",
            "a string is written, but `\"a\"` or `\"b\"`",
        ),
        (mistakes_of::<OneLength>(), "OneLength.field", "an array is written, but an array of 2"),
        (mistakes_of::<MoreFields>(), "MoreFields.field.y", "it may be missing in what is written"),
        (mistakes_of::<FewerFields>(), "FewerFields.field.x", "it is written, but not expected"),
        (
            mistakes_of::<DeepInside>(),
            "DeepInside.field[].inner",
            "a number is written, but `true`",
        ),
        (mistakes_of::<Values>(), "Values.field[…]", "a number is written, but a string is"),
    ] {
        assert_told(&mistakes, &format!("`{path}` is told wrongly to TypeScript: {why}"));
    }
}

#[test]
fn every_value_of_the_typescript_type_is_read() {
    for (mistakes, path, why) in [
        (mistakes_of::<Wider>(), "Wider.field", "it may give a string, but a number is read"),
        (mistakes_of::<OptionalField>(), "OptionalField.field.x", "it may leave it out, but it is"),
        (mistakes_of::<MoreFields>(), "MoreFields.field.y", "it may give it, but it is not read"),
        (
            mistakes_of::<InsideFlattened>(),
            "InsideFlattened.inner",
            "it may give `true`, but a number",
        ),
    ] {
        assert_told(&mistakes, &format!("`{path}` is told wrongly to TypeScript: {why}"));
    }
}

#[test]
fn what_cannot_be_compared_is_refused() {
    for (mistakes, name, what) in [
        (mistakes_of::<KeysOfBooleans>(), "KeysOfBooleans", "`boolean` as the key of a map"),
        (mistakes_of::<AFunction>(), "AFunction", "`:` where `)` is expected"),
        (mistakes_of::<Unknown>(), "Unknown", "`RegExp`"),
    ] {
        let said = "has something that cannot be compared with JSON";
        assert_told(&mistakes, &format!("`{name}` {said}: {what}"));
    }
}
