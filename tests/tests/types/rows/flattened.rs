//! `flatten`, which writes the keys of one type among those of another.

use std::collections::{BTreeMap, HashMap};

use igor::__private::serde_json::Value;
use proptest::prelude::{Just, Strategy};
use proptest_derive::Arbitrary;

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Inner {
    inner: u8,
    #[serde(default)]
    other: Option<String>,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct New(Inner);

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Deep {
    #[serde(flatten)]
    inner: Inner,
    deep: bool,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct OfStructs {
    own: u8,
    #[serde(flatten)]
    deep: Deep,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct OfANewtype {
    #[serde(flatten)]
    new: New,
    own: u8,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct OfAnOption {
    own: u8,
    #[serde(flatten)]
    inner: Option<Inner>,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct OfAMap {
    #[serde(flatten)]
    #[proptest(strategy = "others()")]
    others: BTreeMap<String, u8>,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct OfAMapBesideAField {
    own: u8,
    #[serde(flatten)]
    #[proptest(strategy = "others()")]
    others: BTreeMap<String, u8>,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct OfAnything {
    own: String,
    #[serde(flatten)]
    #[proptest(strategy = "Just(HashMap::from([(\"else\".to_owned(), Value::Null)]))")]
    others: HashMap<String, Value>,
}

/// Keys that are none of a field's.
fn others() -> impl Strategy<Value = BTreeMap<String, u8>> {
    proptest::collection::btree_map("k[a-z]{0,3}", proptest::num::u8::ANY, 0..4)
}

#[igor::data]
#[derive(Debug, Arbitrary)]
#[serde(tag = "kind")]
enum Kinds {
    /// Nothing.
    Unit,
    Fields {
        x: u8,
    },
    Whole(Inner),
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct OfATaggedEnum {
    own: u8,
    #[serde(flatten)]
    choice: Kinds,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
enum Choice {
    /// A number.
    Number(u8),
    Fields {
        x: u8,
    },
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct OfAnExternalEnum {
    own: u8,
    #[serde(flatten)]
    choice: Choice,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
#[serde(untagged)]
enum Side {
    Left { left: u8 },
    Right { right: String },
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct OfAnUntaggedEnum {
    own: u8,
    #[serde(flatten)]
    choice: Side,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Sheet<T> {
    first: T,
    next: Option<u8>,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct OfAGeneric {
    #[serde(flatten)]
    page: Sheet<Inner>,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Extra {
    extra: String,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct OfTwoOptions {
    #[serde(flatten)]
    inner: Option<Box<Inner>>,
    #[serde(flatten)]
    extra: Option<Extra>,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
#[serde(deny_unknown_fields)]
struct OfAStructAlone {
    own: u8,
    #[serde(flatten)]
    extra: Box<Extra>,
}

rows! {
    flatten_of_a_struct: OfStructs, OfANewtype, OfAGeneric, OfAStructAlone;
    flatten_of_an_option: OfAnOption, OfTwoOptions;
    flatten_of_a_map: OfAMap, OfAMapBesideAField, OfAnything;
    flatten_of_an_enum: OfATaggedEnum, OfAnExternalEnum, OfAnUntaggedEnum;
}
