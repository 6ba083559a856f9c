//! What ts-rs says of a type is compared with what schemars says, when a client is emitted.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use igor::emit::{Emit, Language, Runtime};
use igor::{Event, Registry};

/// The mistakes of emitting a client with this event, a line each.
fn mistakes_of<E: Event>() -> String {
    let registry = Registry::new().event::<E>();
    match (Emit { registry, runtime: Runtime::Package }).text(Language::TypeScript) {
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

/// An event with one field, of which something is told to TypeScript.
macro_rules! told {
    ($event:ident, $(#[$told:meta])+ $data:ty) => {
        #[igor::event("told")]
        struct $event {
            $(#[$told])+
            field: $data,
        }
    };
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

told!(
    AnotherKind,
    #[ts(type = "string")]
    u8
);
told!(
    Narrower,
    #[ts(type = "\"a\" | \"b\"")]
    String
);
told!(
    Wider,
    #[ts(type = "number | string")]
    u8
);
told!(OneLength, #[ts(as = "(u8, u8)")] Vec<u8>);
told!(
    MoreFields,
    #[ts(type = "{ x: number, y: number }")]
    Point
);
told!(
    FewerFields,
    #[ts(type = "{}")]
    Point
);
told!(
    OptionalField,
    #[ts(type = "{ x?: number }")]
    Point
);
told!(InsideOthers, #[ts(as = "Vec<Option<Choice>>")] Vec<Option<Choice>>);
#[igor::event("flattened")]
struct InsideFlattened {
    #[serde(flatten)]
    field: Option<Choice>,
}

told!(Values, #[ts(type = "{ [key in string]?: string }")] HashMap<String, u8>);
told!(KeysOfBooleans, #[serde(default)] BTreeMap<bool, u8>);
told!(
    AFunction,
    #[ts(type = "(a: number) => void")]
    u8
);
told!(
    Unknown,
    #[ts(type = "Date")]
    String
);

#[test]
fn what_is_written_is_a_value_of_the_typescript_type() {
    let told = |mistakes: String, path: &str, why: &str| {
        let line = format!("`{path}` is told wrongly to TypeScript: {why}");
        assert!(mistakes.lines().any(|mistake| mistake.starts_with(&line)), "{mistakes}");
    };
    let path = "AnotherKind.field";
    told(mistakes_of::<AnotherKind>(), path, "a number is written, but a string is expected");
    let path = "Narrower.field";
    told(
        mistakes_of::<Narrower>(),
        path,
        "a string is written, but `\"a\"` or `\"b\"` is expected",
    );
    let path = "OneLength.field";
    told(mistakes_of::<OneLength>(), path, "an array is written, but an array of 2 is expected");
    told(mistakes_of::<MoreFields>(), "MoreFields.field.y", "it may be missing in what is written");
    told(mistakes_of::<FewerFields>(), "FewerFields.field.x", "it is written, but not expected");
    let path = "InsideOthers.field[].inner";
    told(mistakes_of::<InsideOthers>(), path, "a number is written");
    told(mistakes_of::<Values>(), "Values.field[…]", "a number is written, but a string");
}

#[test]
fn every_value_of_the_typescript_type_is_read() {
    let told = |mistakes: String, why: &str| assert!(mistakes.contains(why), "{mistakes}");
    told(
        mistakes_of::<Wider>(),
        "`Wider.field` is told wrongly to TypeScript: it may give a string, but a number is read",
    );
    told(
        mistakes_of::<OptionalField>(),
        "`OptionalField.field.x` is told wrongly to TypeScript: it may leave it out, but it is not read without",
    );
    told(
        mistakes_of::<MoreFields>(),
        "`MoreFields.field.y` is told wrongly to TypeScript: it may give it, but it is not read",
    );
    told(
        mistakes_of::<InsideFlattened>(),
        "`InsideFlattened.inner` is told wrongly to TypeScript: it may give `true`, but a number is read",
    );
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let refused = |mistakes: String, why: &str| assert!(mistakes.contains(why), "{mistakes}");
    let keys = "`KeysOfBooleans` has something that cannot be compared with JSON: `boolean` as the key of a map";
    refused(mistakes_of::<KeysOfBooleans>(), keys);
    refused(
        mistakes_of::<AFunction>(),
        "`AFunction` has something that cannot be compared with JSON",
    );
    refused(
        mistakes_of::<Unknown>(),
        "`Unknown` has something that cannot be compared with JSON: `Date`",
    );
}
