//! Types of the standard library and of serde_json.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::{NonZeroI64, NonZeroU8};
use std::ops::{Range, RangeInclusive};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use igor::__private::serde_json::{self, Number, Value};
use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest_derive::Arbitrary;

use crate::row::few;

/// What a number of JavaScript holds exactly; beyond it the wire refuses to write.
const EXACT: i64 = 1 << 53;

#[igor::data]
#[derive(Debug, Arbitrary)]
struct LargeIntegers {
    #[proptest(strategy = "0..EXACT as u64")]
    u64: u64,
    #[proptest(strategy = "-EXACT + 1..EXACT")]
    i64: i64,
    #[proptest(strategy = "0..EXACT as u128")]
    u128: u128,
    #[proptest(strategy = "-i128::from(EXACT) + 1..i128::from(EXACT)")]
    i128: i128,
    #[proptest(strategy = "0..EXACT as usize")]
    usize: usize,
    #[proptest(strategy = "(1..EXACT).prop_map(|n| NonZeroI64::new(n).expect(\"not zero\"))")]
    non_zero: NonZeroI64,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct SmallNumbers {
    u8: u8,
    i16: i16,
    u32: u32,
    i32: i32,
    f32: f32,
    f64: f64,
    non_zero: NonZeroU8,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Bytes {
    list: Vec<u8>,
    array: [u8; 32],
    boxed: Box<[u8]>,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Characters {
    one: char,
    several: Vec<char>,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Texts {
    string: String,
    boxed: Box<str>,
    shared: Arc<str>,
    cow: Cow<'static, str>,
    #[proptest(strategy = "\"[a-z/.]{0,8}\".prop_map(PathBuf::from)")]
    path: PathBuf,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Addresses {
    any: IpAddr,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct OldAddresses {
    four: Ipv4Addr,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct NewAddresses {
    six: Ipv6Addr,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Lists {
    #[proptest(strategy = "few()")]
    list: Vec<String>,
    array: [Option<bool>; 3],
    tuple: (u8, String, Option<bool>),
    #[proptest(strategy = "few()")]
    nested: Vec<Vec<(u8,)>>,
    sorted: BTreeSet<u8>,
    // Of more its order would not be known.
    #[proptest(strategy = "proptest::collection::hash_set(proptest::bool::ANY, 0..2)")]
    hashed: HashSet<bool>,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Maps {
    #[proptest(strategy = "few()")]
    hashed: HashMap<String, u8>,
    #[proptest(strategy = "few()")]
    sorted: BTreeMap<String, Option<String>>,
    #[proptest(strategy = "few()")]
    nested: HashMap<String, HashMap<String, bool>>,
}

#[igor::data]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Arbitrary)]
#[serde(rename_all = "kebab-case")]
enum Key {
    /// With docs.
    FirstOne,
    #[serde(rename = "2nd \"")]
    Second,
}

#[igor::data]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Arbitrary)]
struct NewKey(String);

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Keys {
    #[proptest(strategy = "few()")]
    numbers: BTreeMap<u32, String>,
    signed: HashMap<i8, bool>,
    keys: BTreeMap<Key, u8>,
    #[proptest(strategy = "few()")]
    new: BTreeMap<NewKey, u8>,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct CharacterKeys {
    characters: BTreeMap<char, u8>,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Failed {
    why: String,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Results {
    result: Result<u8, Failed>,
    #[proptest(strategy = "Just(Ok(()))")]
    nothing: Result<(), String>,
    unit: (),
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Anything {
    #[proptest(strategy = "json()")]
    value: Value,
    #[proptest(
        strategy = "json().prop_map(|it| serde_json::Map::from_iter([(\"a\".into(), it)]))"
    )]
    map: serde_json::Map<String, Value>,
    #[proptest(strategy = "Just(Number::from(1))")]
    number: Number,
}

fn json() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(serde_json::json!(null)),
        Just(serde_json::json!({ "a": [1, "two", { "three": null }], "b": true })),
        Just(serde_json::json!(-1.5)),
    ]
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Ranges {
    range: Range<u8>,
    inclusive: RangeInclusive<i32>,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Pointers {
    boxed: Box<Option<u8>>,
    arc: Arc<Failed>,
    #[proptest(strategy = "Just(()).prop_map(|()| Mutex::new(1))")]
    mutex: Mutex<u8>,
}

rows! {
    numbers: SmallNumbers;
    large_integers: LargeIntegers;
    bytes: Bytes;
    characters of "a" "é" "👍": Characters;
    texts: Texts;
    ip_address of "127.0.0.1" "::1": Addresses;
    ipv4_address of "127.0.0.1": OldAddresses;
    ipv6_address of "::1": NewAddresses;
    lists_tuples_and_sets: Lists;
    maps: Maps;
    keys_of_maps: Keys;
    characters_as_keys of "a" "é": CharacterKeys;
    results_and_units: Results;
    json_values: Anything;
    ranges: Ranges;
    pointers: Pointers;
}
