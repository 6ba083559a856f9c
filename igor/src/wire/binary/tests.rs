//! Frames that were written, read again as if they had come in; and what nobody writes.

use std::collections::BTreeMap;
use std::fmt::Debug;

use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::*;
use crate::exact::frame::read_with;
use crate::exact::{BigInt, Bytes as Attachment, Date};
use crate::wire::body::Body;
use crate::wire::decode;
use crate::wire::frame;
use crate::wire::incoming::Incoming;

/// The message that a body without a number makes.
fn message(body: &Body) -> Bytes {
    let json = [b"{", body.json().as_ref()].concat();
    let length = u32::try_from(json.len()).expect("short").to_le_bytes();
    let attachments = body.attachments().expect("a binary frame");
    [&length[..], &json]
        .into_iter()
        .chain(attachments.iter().map(AsRef::as_ref))
        .collect::<Vec<_>>()
        .concat()
        .into()
}

/// The data of a message, as an action's argument reads it.
fn read<T: DeserializeOwned>(message: &Bytes) -> Result<T, Error> {
    let split = Split::new(message)?;
    let (text, attached) = split.attached(&Incoming::read(&split.text)?.bin)?;
    let text = text.unwrap_or(split.text);
    let json = Incoming::read(&text)?.data.unwrap_or("null");
    read_with(&attached, || decode::read(json, "data"))
}

/// What a value is once it has been sent.
fn sent<T: Serialize + DeserializeOwned>(value: &T) -> T {
    read(&message(&frame::result(7, value, usize::MAX).expect("sendable"))).expect("readable")
}

fn bytes(bytes: &[u8]) -> Attachment {
    bytes.to_vec().into()
}

/// One of each.
fn some() -> Exact {
    Exact {
        file: bytes(b"some bytes"),
        size: BigInt::from(u64::MAX),
        at: Date::from_millis(-1).expect("in range"),
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Exact {
    file: Attachment,
    size: BigInt,
    at: Date,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Flat<T> {
    first: u8,
    #[serde(flatten)]
    rest: T,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum External<T> {
    Newtype(T),
    Tuple(u8, T),
    Struct { inner: T },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
enum Internal<T> {
    Newtype(Field<T>),
    Struct { first: u8, inner: T },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Field<T> {
    inner: T,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "content")]
enum Adjacent<T> {
    Newtype(T),
    Tuple(u8, T),
    Struct { inner: T },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged<T> {
    Struct { missing: u8, inner: T },
    Other { inner: T },
    Tuple(u8, T),
    Newtype(T),
}

/// Sends a value in every place that serde may buffer.
fn is_sent_everywhere<T>(make: impl Fn() -> T)
where
    T: Clone + Debug + PartialEq + Serialize + DeserializeOwned,
{
    fn check<T: Debug + PartialEq + Serialize + DeserializeOwned>(value: T) {
        assert_eq!(sent(&value), value);
    }
    check(make());
    check(Some(make()));
    check(vec![make(), make()]);
    check((1, make(), "text".to_owned()));
    check(BTreeMap::from([("a".to_owned(), make()), ("b".to_owned(), make())]));
    check(Flat { first: 1, rest: Field { inner: make() } });
    check(Flat { first: 1, rest: BTreeMap::from([("rest".to_owned(), make())]) });
    check(Flat { first: 1, rest: External::Struct { inner: make() } });
    check(Flat { first: 1, rest: Adjacent::Tuple(2, make()) });
    check(External::Newtype(make()));
    check(External::Tuple(1, make()));
    check(External::Struct { inner: make() });
    check(Internal::Newtype(Field { inner: make() }));
    check(Internal::Struct { first: 1, inner: make() });
    check(Adjacent::Newtype(make()));
    check(Adjacent::Tuple(1, make()));
    check(Adjacent::Struct { inner: make() });
    check(Untagged::Newtype(make()));
    check(Untagged::Tuple(1, make()));
    check(Untagged::Struct { missing: 1, inner: make() });
    check(Untagged::Other { inner: Internal::Newtype(Field { inner: vec![make()] }) });
}

#[test]
fn exact_values_are_sent_wherever_serde_may_buffer_them() {
    is_sent_everywhere(|| bytes(b"some"));
    is_sent_everywhere(|| bytes(b""));
    is_sent_everywhere(|| BigInt::from(i128::MIN));
    is_sent_everywhere(|| Date::from_millis(1).expect("in range"));
    is_sent_everywhere(some);
}

#[test]
fn bytes_are_written_once_and_stand_behind_the_json() {
    let body = frame::result(7, &[some(), some()], usize::MAX).expect("sendable");
    let one = r#"{"file":{"$bin":0},"size":{"$big":"18446744073709551615"},"at":{"$date":"1969-12-31T23:59:59.999Z"}}"#;
    let other = one.replace("\"$bin\":0", "\"$bin\":1");
    let expected = format!(r#""streamId":7,"data":[{one},{other}],"close":true,"bin":[10,10]}}"#);
    assert_eq!(body.json(), &expected);
    assert_eq!(
        body.attachments(),
        Some(&[Bytes::from("some bytes"), Bytes::from("some bytes")][..])
    );
    assert_eq!(body.len(), expected.len() + LENGTH_BYTES + 20);
}

#[test]
fn what_has_nothing_exact_is_text_whatever_its_keys_are() {
    let map = BTreeMap::from([("$bin", 0)]);
    let body = frame::result(7, &(map, None::<Attachment>), usize::MAX).expect("sendable");
    assert_eq!(body, Body::text(r#""streamId":7,"data":[{"$bin":0},null],"close":true}"#));
}

#[test]
fn keys_of_the_users_own_may_look_like_signs() {
    type Odd = (BTreeMap<String, u32>, Attachment, BTreeMap<String, BTreeMap<String, BigInt>>);
    let keys = ["$bin", "$big", "$", "$$date", "\0$bin", "igor-$bin", "a\"$"];
    let odd: Odd = (
        keys.map(|key| (key.to_owned(), 0)).into(),
        bytes(b"some"),
        [("$date".to_owned(), [("$big".to_owned(), BigInt::from(1))].into())].into(),
    );
    let body = frame::result(7, &odd, usize::MAX).expect("sendable");
    let json = std::str::from_utf8(body.json()).expect("JSON");
    assert!(json.contains(r#""$$bin":0"#) && json.contains(r#"{"$bin":0}"#), "{json}");
    assert!(json.contains(r#"{"$$date":{"$$big":{"$big":"1"}}}"#), "{json}");
    assert_eq!(sent(&odd), odd);
}

#[test]
fn text_that_begins_with_a_dollar_needs_no_escape() {
    let priced = ("$5".to_owned(), bytes(b"some"));
    let body = frame::result(7, &priced, usize::MAX).expect("sendable");
    assert!(std::str::from_utf8(body.json()).expect("JSON").contains(r#"["$5",{"$bin":0}]"#));
    assert_eq!(sent(&priced), priced);
}

#[test]
fn what_comes_in_is_not_copied() {
    let whole = message(&frame::result(7, &bytes(b"some bytes"), usize::MAX).expect("sendable"));
    let attachment: Bytes = read::<Attachment>(&whole).expect("readable").into();
    let (start, end) = (whole.as_ptr().addr(), whole.as_ptr().addr() + whole.len());
    assert!((start..end).contains(&attachment.as_ptr().addr()));
}

#[test]
fn a_number_that_is_not_exact_is_refused_beside_exact_values_too() {
    let error = frame::result(
        7,
        &Flat { first: 1, rest: Field { inner: (bytes(b"x"), 1_u64 << 53) } },
        usize::MAX,
    );
    let error = error.expect_err("it cannot be sent");
    assert_eq!(error.code(), Code::Unsendable);
    assert!(error.message().starts_with("`inner[1]`: 9007199254740992 is beyond"), "{error}");
}

#[test]
fn outside_of_a_frame_exact_values_are_plain_data() {
    let json = serde_json::to_string(&some()).expect("plain");
    assert!(json.starts_with(r#"{"file":[115,111,"#), "{json}");
    assert_eq!(serde_json::from_str::<Exact>(&json).expect("plain"), some());
}

/// A message with this JSON and this behind it.
fn hostile(json: &str, behind: &[u8]) -> Bytes {
    message(&Body::binary(json[1..].to_owned(), vec![behind.to_vec().into()]))
}

#[track_caller]
fn refused<T: DeserializeOwned + Debug>(message: &Bytes) -> String {
    let error = read::<T>(message).expect_err("it cannot be read");
    format!("{}: {}", error.code().number().expect("it travels"), error.message())
}

#[test]
fn a_frame_that_is_wrong_is_refused_and_says_why() {
    let short = "400: a binary frame is shorter than its JSON";
    for message in [&[][..], &[1, 0, 0], &[1, 0, 0, 0], &[255, 255, 255, 255, b'{', b'}']] {
        assert_eq!(refused::<u8>(&message.to_vec().into()), short);
    }
    let not_utf8 = Bytes::from_static(&[1, 0, 0, 0, 255]);
    assert_eq!(refused::<u8>(&not_utf8), "400: the JSON of a binary frame is not UTF-8");
    let lengths = "400: `bin` does not say what is behind the JSON";
    for bin in
        ["[]", "[1]", "[3]", "[1,10000000]", "[18446744073709551615]", "[9223372036854775808,2]"]
    {
        assert_eq!(refused::<u8>(&hostile(&format!(r#"{{"bin":{bin}}}"#), b"xy")), lengths);
    }
    let bin = vec!["0"; 100].join(",");
    let many = hostile(&format!(r#"{{"bin":[{bin}]}}"#), b"");
    let expected = "400: `bin` says more attachments than the JSON has room to name";
    assert_eq!(refused::<u8>(&many), expected);
    for bin in ["[-1]", "1", "[1.5]", "[\"1\"]"] {
        let refusal = refused::<u8>(&hostile(&format!(r#"{{"bin":{bin}}}"#), b"x"));
        assert!(refusal.starts_with("400: `bin"), "{refusal}");
    }
    let missing = "400: `$bin` names an attachment that is not there";
    for index in ["1", "-1", "\"0\"", "null", "99999999999999999999"] {
        let json = format!(r#"{{"data":{{"$bin":{index}}},"bin":[1]}}"#);
        assert_eq!(refused::<Attachment>(&hostile(&json, b"x")), missing);
    }
    let twice = hostile(r#"{"data":[{"$bin":0},{"$bin":0}],"bin":[1]}"#, b"x");
    assert_eq!(refused::<Vec<Attachment>>(&twice), "400: `$bin` names an attachment a second time");
    let unknown = hostile(r#"{"data":{"$set":1},"bin":[1]}"#, b"x");
    let expected = "400: a key that begins with one `$` means nothing in a binary frame";
    assert_eq!(refused::<Attachment>(&unknown), expected);
}

#[test]
fn a_value_that_does_not_fit_is_refused_at_its_place() {
    let refused_at = |json: &str| refused::<Vec<Exact>>(&hostile(json, b"x"));
    let one = r#""at":{"$date":"1970-01-01T00:00:00.000Z"}"#;
    let json =
        format!(r#"{{"data":[{{"file":{{"$bin":0}},"size":{{"$big":"1.5"}},{one}}}],"bin":[1]}}"#);
    assert_eq!(refused_at(&json), "422: `data[0].size`: not an integer of this range");
    let json = format!(r#"{{"data":[{{"size":{{"$big":"1","a":2}},{one}}}],"bin":[1]}}"#);
    let alone = "422: `data[0].size`: expected an object with `$big` alone";
    assert!(refused_at(&json).starts_with(alone), "{}", refused_at(&json));
    let json = r#"{"data":[{"file":7}],"bin":[1]}"#;
    assert!(
        refused_at(json)
            .starts_with("422: `data[0].file`: invalid type: integer `7`, expected bytes")
    );
    let deep =
        format!(r#"{{"data":{}{{"$bin":0}}{},"bin":[1]}}"#, "[".repeat(200), "]".repeat(200));
    let refusal = refused::<serde_json::Value>(&hostile(&deep, b"x"));
    assert!(refusal.contains("nested deeper than 127 levels"), "{refusal}");
}

#[test]
fn a_text_frame_has_no_attachments() {
    let read = decode::read::<Attachment>(r#"{"$bin":0}"#, "file");
    assert_eq!(read.expect_err("none").message(), "`file`: the frame has no attachment 0");
}

/// Any value, exact or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Any {
    Bytes(Attachment),
    Big(BigInt),
    Date(Date),
    Text(String),
    Number(i32),
    List(Vec<Any>),
    Map(BTreeMap<String, Any>),
    Flat(Box<Field<Any>>),
}

fn anything() -> impl Strategy<Value = Any> {
    const MOST_MILLIS: i64 = 8_640_000_000_000_000;
    let leaf = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..20).prop_map(|bytes| Any::Bytes(bytes.into())),
        any::<i128>().prop_map(|value| Any::Big(value.into())),
        any::<u128>().prop_map(|value| Any::Big(value.into())),
        (-MOST_MILLIS..=MOST_MILLIS)
            .prop_map(|millis| Any::Date(Date::from_millis(millis).expect("in range"))),
        any::<String>().prop_map(Any::Text),
        any::<i32>().prop_map(Any::Number),
    ];
    let key = prop_oneof![any::<String>(), "[$]{1,3}(bin|big|date)?", "\\PC{0,3}"];
    leaf.prop_recursive(4, 32, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Any::List),
            prop::collection::btree_map(key.clone(), inner.clone(), 0..4).prop_map(Any::Map),
            inner.prop_map(|inner| Any::Flat(Box::new(Field { inner }))),
        ]
    })
}

proptest! {
    #[test]
    fn any_value_comes_back_as_it_was(value in anything()) {
        let value = (value, BigInt::from(1));
        prop_assert_eq!(sent(&value), value);
    }

    #[test]
    fn any_bytes_are_read_or_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..60),
        json in r#"[\[\]{}",:\\ $bindate01é]{0,40}"#,
    ) {
        let _ = read::<Any>(&bytes.clone().into());
        let _ = read::<Any>(&hostile(&format!("{{\"data\":{json},\"bin\":[{}]}}", bytes.len()), &bytes));
    }
}
