use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Serialize;
use serde::ser::SerializeStruct as _;
use serde_json::value::RawValue;

use super::*;

fn written<T: Serialize + ?Sized>(value: &T) -> Result<String, String> {
    let mut json = Vec::new();
    match write(value, &mut json, usize::MAX) {
        Ok(_) => Ok(String::from_utf8(json).expect("JSON is UTF-8")),
        Err(error) => {
            assert_eq!(error.code(), Code::Unsendable);
            Err(error.message().to_owned())
        }
    }
}

/// The path of the only value that is not sendable.
fn refused_at<T: Serialize + ?Sized>(value: &T) -> String {
    let message = written(value).expect_err("it holds an integer that is too large");
    let (path, reason) = message.split_once("`: ").expect("a path and a reason");
    assert_eq!(reason, REASON);
    path.trim_start_matches('`').to_owned()
}

const BEYOND: u64 = 9_007_199_254_740_993;
const REASON: &str = "9007199254740993 is beyond the integers that JavaScript holds exactly \
                      (±(2^53−1)); send it as a string";

#[derive(Clone, Debug, Serialize)]
struct Field<T> {
    inner: T,
}

#[derive(Clone, Debug, Serialize)]
struct Newtype<T>(T);

#[derive(Clone, Debug, Serialize)]
struct Pair<T>(bool, T);

#[derive(Clone, Debug, Serialize)]
struct Unit;

#[derive(Clone, Debug, Serialize)]
struct Flat<T> {
    first: u8,
    #[serde(flatten)]
    rest: T,
}

#[derive(Clone, Debug, Serialize)]
enum External<T> {
    Unit,
    Newtype(T),
    Tuple(u8, T),
    Struct { inner: T },
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind")]
enum Internal<T> {
    Unit,
    Newtype(Field<T>),
    Nested(External<T>),
    Struct { inner: T },
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", content = "content")]
enum Adjacent<T> {
    Unit,
    Newtype(T),
    Tuple(u8, T),
    Struct { inner: T },
}

#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum Untagged<T> {
    Unit,
    Newtype(T),
    Tuple(u8, T),
    Struct { inner: T },
}

#[test]
fn integers_are_sendable_up_to_the_last_that_javascript_holds_exactly() {
    const LAST: i64 = (1 << 53) - 1;
    assert_eq!(written(&LAST).as_deref(), Ok("9007199254740991"));
    assert_eq!(written(&-LAST).as_deref(), Ok("-9007199254740991"));
    assert_eq!(written(&(LAST as u64, LAST as i128, LAST as u128)).map(|json| json.len()), Ok(52));

    assert!(written(&(LAST + 1)).is_err());
    assert!(written(&(-LAST - 1)).is_err());
    assert!(written(&i64::MIN).is_err());
    assert!(written(&u64::MAX).is_err());
    assert!(written(&i128::MIN).is_err());
    assert!(written(&u128::MAX).is_err());
    assert_eq!(written(&BEYOND), Err(REASON.into()));
}

#[test]
fn a_number_that_serde_json_keeps_as_its_text_is_refused_as_any_other() {
    /// What serde_json writes for its `Number` where a program switches on `arbitrary_precision`.
    struct Number(&'static str);

    impl Serialize for Number {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut number = serializer.serialize_struct("$serde_json::private::Number", 1)?;
            number.serialize_field("$serde_json::private::Number", self.0)?;
            number.end()
        }
    }

    let number = |text| Field { inner: vec![Number(text)] };
    assert_eq!(refused_at(&number("9007199254740993")), "inner[0]");
    let large = ["-9007199254740992", "340282366920938463463374607431768211456"];
    for beyond in large {
        assert!(written(&number(beyond)).is_err_and(|text| text.contains(beyond)), "{beyond}");
    }
    let expected =
        "`inner[0]`: 1e400 is beyond the numbers that JavaScript has; send it as a string";
    assert_eq!(written(&number("1e400")), Err(expected.into()));
    for exact in ["0", "-9007199254740991", "0.5", "1e300"] {
        assert!(written(&number(exact)).is_ok_and(|json| json.contains(exact)), "{exact}");
    }
}

#[test]
fn numbers_that_json_does_not_have_are_refused() {
    let refusal = |number| format!("JSON has no number {number}; send the `None` of an `Option`");
    assert_eq!(written(&f64::NAN), Err(refusal("NaN")));
    assert_eq!(written(&f64::INFINITY), Err(refusal("inf")));
    assert_eq!(written(&f32::NEG_INFINITY), Err(refusal("-inf")));
    assert_eq!(written(&[Some(f32::NAN)]), Err(format!("`[0]`: {}", refusal("NaN"))));
    assert_eq!(written(&f64::MAX), Ok(serde_json::to_string(&f64::MAX).expect("finite")));
}

#[test]
fn a_refusal_names_the_path_through_structs_and_sequences() {
    assert_eq!(refused_at(&Field { inner: vec![0, 1, BEYOND] }), "inner[2]");
    assert_eq!(refused_at(&vec![Field { inner: Some(BEYOND) }]), "[0].inner");
    assert_eq!(refused_at(&Newtype(Pair(true, BEYOND))), "[1]");
    assert_eq!(refused_at(&(1, (2, BEYOND))), "[1][1]");
    assert_eq!(refused_at(&Field { inner: Field { inner: [BEYOND] } }), "inner.inner[0]");
}

#[test]
fn a_refusal_names_the_path_through_maps() {
    assert_eq!(refused_at(&BTreeMap::from([("a", 1), ("b", BEYOND)])), "b");
    assert_eq!(refused_at(&BTreeMap::from([(7, Field { inner: BEYOND })])), r#"["7"].inner"#);
    assert_eq!(refused_at(&BTreeMap::from([("a key", [BEYOND])])), r#"["a key"][0]"#);
    assert_eq!(refused_at(&serde_json::json!({ "a": [{ "b": BEYOND }] })), "a[0].b");
}

#[test]
fn a_refusal_names_the_path_through_every_representation_of_an_enum() {
    let inner = BEYOND;
    assert_eq!(refused_at(&External::Newtype(inner)), "Newtype");
    assert_eq!(refused_at(&External::Tuple(0, inner)), "Tuple[1]");
    assert_eq!(refused_at(&External::Struct { inner }), "Struct.inner");

    assert_eq!(refused_at(&Internal::Newtype(Field { inner })), "inner");
    assert_eq!(refused_at(&Internal::Struct { inner }), "inner");
    assert_eq!(refused_at(&Internal::Nested(External::Newtype(inner))), "Newtype");
    assert_eq!(refused_at(&Internal::Nested(External::Tuple(0, inner))), "Tuple[1]");
    assert_eq!(refused_at(&Internal::Nested(External::Struct { inner })), "Struct.inner");

    assert_eq!(refused_at(&Adjacent::Newtype(inner)), "content");
    assert_eq!(refused_at(&Adjacent::Tuple(0, inner)), "content[1]");
    assert_eq!(refused_at(&Adjacent::Struct { inner }), "content.inner");

    assert_eq!(written(&Untagged::Newtype(inner)), Err(REASON.into()));
    assert_eq!(refused_at(&Untagged::Tuple(0, inner)), "[1]");
    assert_eq!(refused_at(&Untagged::Struct { inner }), "inner");
}

#[test]
fn a_refusal_names_the_path_through_what_is_flattened() {
    let rest = Field { inner: BEYOND };
    assert_eq!(refused_at(&Flat { first: 1, rest }), "inner");
    let rest = BTreeMap::from([("a", BEYOND)]);
    assert_eq!(refused_at(&Flat { first: 1, rest }), "a");
    assert_eq!(refused_at(&Flat { first: 1, rest: External::Tuple(0, BEYOND) }), "Tuple[1]");
    let rest = Some(Adjacent::Struct { inner: BEYOND });
    assert_eq!(refused_at(&Field { inner: Flat { first: 1, rest } }), "inner.content.inner");
}

#[test]
fn what_serde_itself_refuses_has_a_path_too() {
    let message = written(&Field { inner: Flat { first: 1, rest: 2 } });
    assert_eq!(message, Err("`inner`: can only flatten structs and maps (got an integer)".into()));
    let message = written(&[BTreeMap::from([([1], 2)])]);
    assert_eq!(message, Err(r#"`[0]["[1]"]`: key must be a string"#.into()));
}

#[test]
fn the_keys_of_a_map_are_text_and_may_be_any_integer() {
    let map = BTreeMap::from([(u128::MAX, 1), (0, 2)]);
    let expected = r#"{"0":2,"340282366920938463463374607431768211455":1}"#;
    assert_eq!(written(&map).as_deref(), Ok(expected));
}

#[test]
fn whatever_a_key_may_be_it_is_written_as_serde_json_writes_it() {
    /// A map with this key first, then in the middle of others.
    fn check<K: Serialize + Clone>(key: K) {
        struct Map<K>(Vec<K>);

        impl<K: Serialize> Serialize for Map<K> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(self.0.iter().map(|key| (key, ["\"", "a"])))
            }
        }

        let map = [Map(vec![key.clone()]), Map(vec![key; 3])];
        assert_eq!(written(&map), Ok(serde_json::to_string(&map).expect("it is a key")));
    }

    #[derive(Clone)]
    struct Shown;

    impl Serialize for Shown {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(&format_args!("{}\"{}", 1, "\n"))
        }
    }

    check("");
    check("a\"\u{e9}\u{1}");
    check('"');
    check(true);
    check(u128::MAX);
    check(i8::MIN);
    check(0.5_f32);
    check(1e300_f64);
    check(External::<u8>::Unit);
    check(Some("a"));
    check(Newtype(Some(7)));
    check(Shown);
}

#[test]
fn json_that_is_ready_is_written_as_it_is() {
    let raw: Box<RawValue> = serde_json::from_str("[1, 2 ]").expect("it is JSON");
    assert_eq!(written(&Field { inner: raw }).as_deref(), Ok(r#"{"inner":[1, 2 ]}"#));
}

/// Everything that serde's data model has, inside of everything.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum Any {
    Unit(Unit),
    Bool(bool),
    Small(i8, u16, i32),
    Large(i64),
    Huge(i128),
    Single(f32),
    Double(f64),
    Character(char),
    Text(String),
    Bytes(#[serde(serialize_with = "as_bytes")] Vec<u8>),
    Option(Option<Box<Any>>),
    Sequence(Vec<Any>),
    Texts(BTreeMap<String, Any>),
    Numbers(BTreeMap<i64, Any>),
    Flat(Box<Flat<Field<Any>>>),
    Newtype(Box<Newtype<Any>>),
    Pair(Box<Pair<Any>>),
    External(Box<External<Any>>),
    Internal(Box<Internal<Any>>),
    Adjacent(Box<Adjacent<Any>>),
    Untagged(Box<Untagged<Any>>),
    Value(serde_json::Value),
}

fn as_bytes<S: serde::Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(bytes)
}

fn anything() -> impl Strategy<Value = Any> {
    const LAST: i64 = (1 << 53) - 1;
    let leaf = prop_oneof![
        Just(Any::Unit(Unit)),
        any::<bool>().prop_map(Any::Bool),
        any::<(i8, u16, i32)>().prop_map(|(a, b, c)| Any::Small(a, b, c)),
        (-LAST..=LAST).prop_map(Any::Large),
        (-LAST..=LAST).prop_map(|value| Any::Huge(value.into())),
        any::<f32>().prop_filter("finite", |value| value.is_finite()).prop_map(Any::Single),
        any::<f64>().prop_filter("finite", |value| value.is_finite()).prop_map(Any::Double),
        any::<char>().prop_map(Any::Character),
        any::<String>().prop_map(Any::Text),
        prop::collection::vec(any::<u8>(), 0..8).prop_map(Any::Bytes),
        any::<u32>().prop_map(|value| Any::Value(serde_json::json!({ "a": [value, null] }))),
        Just(Any::Option(None)),
        Just(Any::External(Box::new(External::Unit))),
        Just(Any::Internal(Box::new(Internal::Unit))),
        Just(Any::Adjacent(Box::new(Adjacent::Unit))),
        Just(Any::Untagged(Box::new(Untagged::Unit))),
    ];
    leaf.prop_recursive(4, 48, 6, |inner| {
        let one = inner.clone();
        let boxed = (0u8..17, one).prop_map(|(which, inner)| match which {
            0 => Any::Option(Some(Box::new(inner))),
            1 => Any::Flat(Box::new(Flat { first: 1, rest: Field { inner } })),
            2 => Any::Newtype(Box::new(Newtype(inner))),
            3 => Any::Pair(Box::new(Pair(false, inner))),
            4 => Any::External(Box::new(External::Newtype(inner))),
            5 => Any::External(Box::new(External::Tuple(1, inner))),
            6 => Any::External(Box::new(External::Struct { inner })),
            7 => Any::Internal(Box::new(Internal::Newtype(Field { inner }))),
            8 => Any::Internal(Box::new(Internal::Struct { inner })),
            9 => Any::Adjacent(Box::new(Adjacent::Newtype(inner))),
            10 => Any::Adjacent(Box::new(Adjacent::Tuple(1, inner))),
            11 => Any::Adjacent(Box::new(Adjacent::Struct { inner })),
            12 => Any::Untagged(Box::new(Untagged::Newtype(inner))),
            13 => Any::Untagged(Box::new(Untagged::Tuple(1, inner))),
            14 => Any::Untagged(Box::new(Untagged::Struct { inner })),
            _ => Any::Internal(Box::new(Internal::Nested(External::Newtype(inner)))),
        });
        prop_oneof![
            boxed,
            prop::collection::vec(inner.clone(), 0..6).prop_map(Any::Sequence),
            prop::collection::btree_map(any::<String>(), inner.clone(), 0..4).prop_map(Any::Texts),
            prop::collection::btree_map(any::<i64>(), inner, 0..4).prop_map(Any::Numbers),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_sendable_is_written_in_the_bytes_of_serde_json(value in anything()) {
        let expected = serde_json::to_string(&value).expect("everything here is sendable");
        prop_assert_eq!(written(&value), Ok(expected));
    }
}

#[test]
fn a_value_over_the_limit_is_not_written_to_its_end() {
    /// Counts how often it is written.
    struct Counted<'a>(&'a std::cell::Cell<usize>);

    impl Serialize for Counted<'_> {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            self.0.set(self.0.get() + 1);
            serializer.serialize_str("0123456789")
        }
    }

    let count = std::cell::Cell::new(0);
    let mut json = Vec::new();
    let all: Vec<_> = (0..1_000).map(|_| Counted(&count)).collect();
    let error = write(&all, &mut json, 100).expect_err("it is larger");
    assert_eq!(error.code(), Code::TooLarge);
    assert_eq!(error.message(), "a message is over the limit of 100 bytes");
    assert!(json.len() <= 100 && count.get() < 10, "{} bytes, {}", json.len(), count.get());
}
