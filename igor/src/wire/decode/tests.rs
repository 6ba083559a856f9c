use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;
use serde::de::DeserializeOwned;

use super::*;

#[derive(Debug, Deserialize)]
#[allow(dead_code)]
struct Room {
    name: String,
    #[serde(default)]
    size: Option<u32>,
    #[serde(default)]
    shapes: Vec<Shape>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
enum Shape {
    Dot,
    Circle { radius: f64 },
    Line(u32, u32),
    Named(Even),
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind")]
#[allow(dead_code)]
enum Tagged {
    Circle { radius: f64 },
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[allow(dead_code)]
enum Untagged {
    Text(String),
    Circle { radius: f64 },
}

#[derive(Debug, Deserialize)]
#[allow(dead_code)]
struct Flat {
    name: String,
    #[serde(flatten)]
    rest: HashMap<String, u32>,
}

/// A type whose own reader refuses some numbers, so that the error says no position.
#[derive(Debug, Deserialize)]
#[serde(try_from = "u32")]
struct Even(#[allow(dead_code)] u32);

impl TryFrom<u32> for Even {
    type Error = String;

    fn try_from(value: u32) -> Result<Self, String> {
        if value.is_multiple_of(2) { Ok(Even(value)) } else { Err(format!("{value} is odd")) }
    }
}

fn refusal<T: DeserializeOwned>(json: &str, root: &str) -> String {
    let error = read::<T>(json, root).err().expect("it does not fit");
    assert_eq!(error.code(), Code::BadData);
    error.message().to_owned()
}

#[track_caller]
fn assert_refused<T: DeserializeOwned>(json: &str, expected: &str) {
    assert_eq!(refusal::<T>(json, "x"), expected);
    // However the same JSON is spaced, the same place is meant.
    for (between, spaced) in [(" ", " , "), ("\n  ", "\n,\n")] {
        let json = json.replace(',', spaced).replace('}', &format!("{between}}}"));
        let json = json.replace('[', &format!("{between}[{between}")).replace(':', " : ");
        assert_eq!(refusal::<T>(&format!("{json}{between}"), "x"), expected, "in {json:?}");
    }
}

#[test]
fn a_value_of_the_wrong_kind_is_named_by_its_path() {
    assert_eq!(
        refusal::<Vec<Room>>(r#"[{"name":"a"},{"name":"b"},{"name":5}]"#, "rooms"),
        "`rooms[2].name`: invalid type: integer `5`, expected a string"
    );
    assert_refused::<u32>("true", "`x`: invalid type: boolean `true`, expected u32");
    assert_refused::<String>("null", "`x`: invalid type: null, expected a string");
    assert_refused::<Vec<u8>>("[1,2,300]", "`x[2]`: invalid value: integer `300`, expected u8");
    assert_refused::<Vec<String>>("[[5]]", "`x[0]`: invalid type: sequence, expected a string");
    assert_refused::<Room>(r#"{"name":{}}"#, "`x.name`: invalid type: map, expected a string");
    assert_refused::<Vec<Vec<u8>>>(
        r#"[[],[1,"2"]]"#,
        r#"`x[1][1]`: invalid type: string "2", expected u8"#,
    );
    assert_refused::<BTreeMap<String, u8>>(
        r#"{"a b":1,"c":-1}"#,
        "`x.c`: invalid value: integer `-1`, expected u8",
    );
    assert_refused::<(u8, bool)>("[1,[]]", "`x[1]`: invalid type: sequence, expected a boolean");
    assert_refused::<f64>("1e999", "`x`: number out of range");
}

#[test]
fn a_missing_field_is_named_with_the_path_of_its_object() {
    assert_refused::<Room>(r#"{"size":1}"#, "`x`: missing field `name`");
    assert_refused::<Vec<Room>>(r#"[{"name":""},{}]"#, "`x[1]`: missing field `name`");
    assert_refused::<Vec<Room>>(r#"[{"size":1},{"name":""}]"#, "`x[0]`: missing field `name`");
    assert_refused::<Room>(
        r#"{"name":"","shapes":[{"Circle":{}}]}"#,
        "`x.shapes[0].Circle`: missing field `radius`",
    );
}

#[test]
fn a_wrong_key_is_named_with_the_path_of_its_object() {
    assert_refused::<Vec<Room>>(r#"[{"name":"","name":""}]"#, "`x[0]`: duplicate field `name`");
    assert_refused::<BTreeMap<u8, u8>>(
        r#"{"1":1,"b":2}"#,
        "`x`: invalid value: expected key to be a number in quotes",
    );
    assert_refused::<Room>(
        r#"{"name":"","shapes":["Dot",{"Circle":{"radius":1,"x":[2]}}]}"#,
        "`x.shapes[1].Circle`: unknown field `x`, expected `radius`",
    );
}

#[test]
fn what_is_no_variant_of_an_enum_is_named_by_its_path() {
    let expected = "expected the name of a variant, or an object with it as the only key";
    for json in ["5", "15", "null", "[1]", "{}"] {
        assert_refused::<(bool, Shape)>(&format!("[true,{json}]"), &format!("`x[1]`: {expected}"));
        assert_refused::<Vec<Shape>>(&format!("[{json}]"), &format!("`x[0]`: {expected}"));
    }
    assert_refused::<Vec<Shape>>(r#"[{"Named":2,"Dot":null}]"#, &format!("`x[0]`: {expected}"));
    let unknown = "unknown variant `Cube`, expected one of `Dot`, `Circle`, `Line`, `Named`";
    assert_refused::<Vec<Shape>>(r#"["Dot","Cube"]"#, &format!("`x[1]`: {unknown}"));
    assert_refused::<Vec<Shape>>(r#"[{"Cube":1},"Dot"]"#, &format!("`x[0]`: {unknown}"));
}

#[test]
fn a_tuple_of_another_length_is_named_by_its_path() {
    assert_refused::<Vec<Shape>>(
        r#"[{"Line":[1]},"Dot"]"#,
        "`x[0].Line`: invalid length 1, expected tuple variant Shape::Line with 2 elements",
    );
    assert_refused::<Vec<Shape>>(
        r#"[{"Line":[1,2,3]}]"#,
        "`x[0].Line[2]`: one item more than expected",
    );
}

#[test]
fn an_error_without_a_position_is_found_at_its_own_value() {
    assert_refused::<Even>("3", "`x`: 3 is odd");
    assert_refused::<Vec<Even>>("[2,3]", "`x[1]`: 3 is odd");
    assert_refused::<Vec<Even>>("[3,2]", "`x[0]`: 3 is odd");
    assert_refused::<Vec<Vec<Even>>>("[[3],[2]]", "`x[0][0]`: 3 is odd");
    assert_refused::<BTreeMap<String, Even>>(r#"{"a":2,"b":3,"c":4}"#, "`x.b`: 3 is odd");
    assert_refused::<BTreeMap<String, Even>>(r#"{"a":3}"#, "`x.a`: 3 is odd");
    assert_refused::<Shape>(r#"{"Named":3}"#, "`x.Named`: 3 is odd");
    assert_refused::<Vec<Shape>>(r#"[{"Named":3},{"Named":2}]"#, "`x[0].Named`: 3 is odd");
}

#[test]
fn what_serde_reads_twice_is_named_by_the_whole_value() {
    let expected = "data did not match any variant of untagged enum Untagged";
    assert_refused::<Vec<Untagged>>(
        r#"["a",{"radius":""},{"radius":1}]"#,
        &format!("`x[1]`: {expected}"),
    );
    assert_refused::<Vec<Untagged>>(r#"[5,{"radius":1}]"#, &format!("`x[0]`: {expected}"));
    assert_refused::<Vec<Tagged>>(
        r#"[{"kind":"Circle","radius":"r"},{"kind":"Circle","radius":1}]"#,
        r#"`x[0]`: invalid type: string "r", expected f64"#,
    );
    assert_refused::<Vec<Tagged>>("[{}]", "`x[0]`: missing field `kind`");
    assert_refused::<Flat>(
        r#"{"name":"","a":"b"}"#,
        r#"`x`: invalid type: string "b", expected u32"#,
    );
}

#[test]
fn what_is_nested_too_deep_is_said_to_be() {
    let nested = |levels| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
    assert!(read::<serde_json::Value>(&nested(127), "x").is_ok());
    let expected = "`x`: nested deeper than 127 levels";
    assert_eq!(refusal::<serde_json::Value>(&nested(128), "x"), expected);
    assert_eq!(refusal::<serde_json::Value>(&nested(100_000), "x"), expected);
}

#[test]
fn what_is_skipped_may_be_nested_as_deep_as_it_likes() {
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let json = format!(r#"[{{"extra":{nested},"name":5}}]"#);
    let expected = "`x[0].name`: invalid type: integer `5`, expected a string";
    assert_eq!(refusal::<Vec<Room>>(&json, "x"), expected);
}

#[test]
fn what_the_other_end_sent_does_not_make_a_message_long() {
    let long = "é".repeat(100_000);
    let message = refusal::<BTreeMap<String, u8>>(&format!(r#"{{"{long}":"{long}"}}"#), "x");
    assert!(message.len() < 1000 && message.ends_with('…'), "{} bytes", message.len());
}

#[test]
fn numbers_are_read_exactly() {
    assert_eq!(read::<f64>("0.30000000000000004", "x").ok(), Some(0.1 + 0.2));
    assert_eq!(read::<u64>("18446744073709551615", "x").ok(), Some(u64::MAX));
}

proptest! {
    #[test]
    fn every_double_is_read_as_it_was_written(bits: u64) {
        let value = f64::from_bits(bits);
        prop_assume!(value.is_finite());
        let json = serde_json::to_string(&value).expect("it is finite");
        prop_assert_eq!(read::<f64>(&json, "x").expect("it fits").to_bits(), bits);
    }

    #[test]
    fn the_one_wrong_value_of_many_is_found(
        sizes in prop::collection::vec(0usize..4, 1..12),
        wrong in any::<prop::sample::Index>(),
    ) {
        let mut items: Vec<Vec<u32>> = sizes.iter().map(|size| vec![2; *size]).collect();
        let outer = wrong.index(items.len());
        let inner = wrong.index(items[outer].len() + 1);
        items[outer].insert(inner, 3);
        let json = serde_json::to_string(&items).expect("it is only numbers");
        let expected = format!("`x[{outer}][{inner}]`: 3 is odd");
        prop_assert_eq!(refusal::<Vec<Vec<Even>>>(&json, "x"), expected);
        let expected = format!(
            "`x[{outer}][{inner}]`: invalid type: integer `3`, expected a string"
        );
        let json = json.replace('2', "\"\"");
        prop_assert_eq!(refusal::<Vec<Vec<String>>>(&json, "x"), expected);
    }
}
