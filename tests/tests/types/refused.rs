//! What cannot be true is refused when the client is emitted, by a message that says where and
//! what to do. What a macro can see is refused by it: `igor/tests/refuses` has those.

use std::collections::{BTreeMap, HashMap};

use igor::__private::serde_json;
use igor::emit::{Emit, Language, Runtime};
use igor::{Event, Registry};

fn assert_refused<E: Event>(expected: &str) {
    let emit = Emit {
        registry: Registry::new().event::<E>(),
        runtime: Runtime::Package,
        ..Emit::default()
    };
    let error = emit.text(Language::TypeScript).expect_err("it is refused");
    assert_eq!(error.message(), expected);
}

/// The message for a place where TypeScript would be told something that is not so.
fn told(path: &str, why: &str) -> String {
    format!(
        "`{path}` is told wrongly to TypeScript: {why}; say there what serde does, by \
         `#[ts(as = \"…\")]` or `#[ts(type = \"…\")]`"
    )
}

#[igor::data]
struct Nothing;

#[igor::event("a")]
struct BooleanKeys {
    keys: BTreeMap<bool, u8>,
}

#[test]
fn booleans_as_keys_are_refused() {
    assert_refused::<BooleanKeys>(
        "`BooleanKeys` has something that cannot be compared with JSON: `boolean` as the key of a \
         map, which is a string on the wire",
    );
}

#[igor::data]
enum Choice {
    Unit,
    Number(u8),
    Text(String),
}

#[test]
fn two_variants_at_once_are_refused_when_they_are_read() {
    let read = serde_json::from_str::<Choice>;
    assert!(read(r#"{"Number":1}"#).is_ok());
    assert!(read(r#"{"Number":1,"Text":"1"}"#).is_err());
}

#[igor::event("b")]
struct FlattenedUnit {
    own: u8,
    #[serde(flatten)]
    choice: Choice,
}

#[test]
fn a_flattened_enum_with_a_unit_variant_is_refused() {
    let why = "it may be missing in what is written";
    assert_refused::<FlattenedUnit>(&told("FlattenedUnit.Number", why));
}

#[igor::event("c")]
struct OtherValues {
    own: String,
    #[serde(flatten)]
    others: HashMap<String, u8>,
}

#[test]
fn a_flattened_map_that_does_not_hold_the_fields_beside_it_is_refused() {
    let why = "a string is written, but nothing is expected";
    assert_refused::<OtherValues>(&told("OtherValues.own", why));
}

#[igor::event("d")]
#[serde(tag = "kind")]
enum TaggedMap {
    Map(BTreeMap<String, u8>),
}

#[test]
fn a_map_beside_a_tag_is_refused() {
    let why = "`\"Map\"` is written, but nothing is expected";
    assert_refused::<TaggedMap>(&told("TaggedMap.kind", why));
}

#[igor::event("e")]
#[serde(tag = "kind")]
enum TaggedUnit {
    Nothing(Nothing),
    Something,
}

#[test]
fn a_unit_struct_beside_a_tag_is_refused() {
    let why = "`\"Nothing\"` is written, but `\"Something\"` is expected";
    assert_refused::<TaggedUnit>(&told("TaggedUnit.kind", why));
}

mod one {
    #[igor::data]
    pub(super) struct Line {
        text: String,
    }
}

mod other {
    #[igor::data]
    pub(super) struct Line {
        from: u8,
    }
}

#[igor::event("f")]
struct TwoLines {
    one: one::Line,
    other: other::Line,
}

#[test]
fn two_types_of_one_name_are_refused() {
    assert_refused::<TwoLines>(
        "`types::refused::one::Line` and `types::refused::other::Line` are both `Line` in \
         TypeScript: name one of them differently, by `#[ts(rename = \"…\")]` on it",
    );
}
