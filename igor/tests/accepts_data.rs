//! Every shape of data: what TypeScript says of it, and what goes over the wire.

#![allow(dead_code, missing_docs, unreachable_pub)] // only how it is described counts here

use std::collections::{BTreeMap, HashMap};
use std::marker::PhantomData;
use std::rc::Rc;

use igor::__private::{schemars, serde_json, ts_rs::Config, ts_rs::TS};
use igor::serde::Serialize;
use igor::serde::de::DeserializeOwned;

/// The declaration in TypeScript without docs and spaces at its end.
fn declared<T: TS>() -> String {
    T::decl(&Config::new())
}

/// The JSON of a value, which reads as the same JSON again.
fn written<T: Serialize + DeserializeOwned>(value: &T) -> String {
    let json = serde_json::to_string(value).expect("data serializes");
    let again: T = serde_json::from_str(&json).expect("data reads what it wrote");
    assert_eq!(serde_json::to_string(&again).expect("data serializes"), json);
    json
}

mod fields {
    use super::*;

    /// What never ends a comment: */ is written in two.
    #[igor::data]
    #[derive(Default)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct Fields {
        /// First, not last */
        first_name: Option<String>,
        #[serde(default)]
        with_default: u32,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        words: Vec<u8>,
        #[serde(skip_serializing_if = "Option::is_none")]
        maybe: Option<u8>,
        #[serde(skip)]
        cache: HashMap<u8, Rc<str>>,
        #[serde(rename = "a\"b & {c} é", alias = "plain")]
        odd: u8,
        r#type: String,
        #[ts(type = "0 | 1")]
        bit: u8,
        #[ts(as = "f64")]
        number: f32,
        #[cfg(any())]
        configured_away: Missing,
    }

    #[igor::data]
    #[derive(Default)]
    #[serde(default)]
    pub struct AllDefault {
        a: u8,
        b: String,
    }

    #[igor::data]
    pub(crate) struct Hex {
        #[serde(with = "hex", default)]
        #[ts(as = "String")]
        number: u8,
    }

    mod hex {
        use igor::serde::{Deserialize, Deserializer, Serializer, de::Error};

        pub fn serialize<S: Serializer>(number: &u8, to: S) -> Result<S::Ok, S::Error> {
            to.serialize_str(&format!("{number:x}"))
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u8, D::Error> {
            let text = String::deserialize(from)?;
            u8::from_str_radix(&text, 16).map_err(D::Error::custom)
        }
    }

    pub fn check() {
        let docs = Fields::docs().expect("it has docs");
        assert!(docs.contains("comment: *\\/ is written in two."), "{docs}");
        let text = declared::<Fields>();
        assert!(text.contains("First, not last *\\/\n"), "{text}");
        let text: String = text.split("\n").filter(|line| !line.contains('*')).collect();
        assert_eq!(
            text,
            "type Fields = { firstName: string | null, withDefault?: number, \
             words?: Array<number>, maybe?: number | null, \
             \"a\\u0022b \\u0026 \\u007bc\\u007d \\u00e9\": number, type: string, bit: 0 | 1, \
             number: number, };"
        );
        assert_eq!(
            written(&Fields::default()),
            r#"{"firstName":null,"withDefault":0,"a\"b & {c} é":0,"type":"","bit":0,"number":0.0}"#
        );
        assert!(Fields::default().cache.is_empty());

        assert_eq!(declared::<AllDefault>(), "type AllDefault = { a?: number, b?: string, };");
        let _: AllDefault = serde_json::from_str("{}").expect("every key may be missing");

        assert_eq!(declared::<Hex>(), "type Hex = { number?: string, };");
        assert_eq!(written(&Hex { number: 255 }), r#"{"number":"ff"}"#);
        let schema = schemars::schema_for!(Hex).to_value();
        assert_eq!(schema["properties"]["number"]["type"], "string");
    }
}

mod structs {
    use super::*;

    #[igor::data]
    pub struct Unit;

    #[igor::data]
    pub struct NoFields {}

    #[igor::data]
    pub struct NoItems();

    #[igor::data]
    pub struct Point {
        x: u8,
    }

    #[igor::data]
    pub struct Newtype(Point);

    #[igor::data]
    pub struct Pair(u8, #[serde(skip)] u16, #[serde(default)] String);

    #[igor::data]
    #[serde(transparent)]
    pub struct Transparent<T, U> {
        inner: Vec<T>,
        #[serde(skip)]
        of: PhantomData<U>,
    }

    #[igor::data]
    #[serde(tag = "what", rename = "Thing")]
    pub struct Tagged {
        a: u8,
    }

    #[igor::data]
    pub struct Flattened {
        own: u8,
        #[serde(flatten)]
        newtype: Newtype,
        #[serde(flatten)]
        option: Option<Tagged>,
        #[serde(flatten)]
        rest: BTreeMap<String, serde_json::Value>,
    }

    #[igor::data]
    #[ts(rename = "Room")]
    struct PrivateRoom {
        of: Point,
    }

    pub fn check() {
        assert_eq!(
            (declared::<Unit>(), written(&Unit)),
            ("type Unit = null;".into(), "null".into())
        );
        assert_eq!(declared::<NoFields>(), "type NoFields = Record<symbol, never>;");
        assert_eq!(written(&NoFields {}), "{}");
        assert_eq!(declared::<NoItems>(), "type NoItems = never[];");
        assert_eq!(written(&NoItems()), "[]");
        assert_eq!(declared::<Newtype>(), "type Newtype = Point;");
        assert_eq!(written(&Newtype(Point { x: 1 })), r#"{"x":1}"#);
        assert_eq!(declared::<Pair>(), "type Pair = [number, string];");
        let pair = Pair(1, 2, String::new());
        assert_eq!((written(&pair), pair.1), (r#"[1,""]"#.into(), 2));
        assert_eq!(declared::<Transparent<u8, u8>>(), "type Transparent<T, U> = Array<T>;");
        let transparent = Transparent::<u8, u8> { inner: vec![1], of: PhantomData };
        assert_eq!((written(&transparent), transparent.of), ("[1]".into(), PhantomData));
        assert_eq!(declared::<Tagged>(), "type Thing = { \"what\": \"Thing\", a: number, };");
        assert_eq!(written(&Tagged { a: 1 }), r#"{"what":"Thing","a":1}"#);
        assert_eq!(
            declared::<Flattened>(),
            "type Flattened = { own: number, x: number, } & \
             ({ \"what\": \"Thing\", a: number, } | {  }) & ({ [key in string]: number | string | boolean | \
             Array<JsonValue> | { [key in string]: JsonValue } | null });"
        );
        let some = Flattened {
            own: 1,
            newtype: Newtype(Point { x: 2 }),
            option: Some(Tagged { a: 3 }),
            rest: BTreeMap::new(),
        };
        let json = serde_json::to_string(&some).expect("data serializes");
        assert_eq!(json, r#"{"own":1,"x":2,"what":"Thing","a":3}"#);
        let none = Flattened { option: None, ..some };
        assert_eq!(written(&none), r#"{"own":1,"x":2}"#);
        assert_eq!(declared::<PrivateRoom>(), "type Room = { of: Point, };");
        assert_eq!(written(&PrivateRoom { of: Point { x: 1 } }), r#"{"of":{"x":1}}"#);
    }
}

mod enums {
    use super::*;

    #[igor::data]
    #[derive(Default)]
    pub struct Line {
        text: String,
    }

    #[igor::data]
    pub enum External {
        Unit,
        Named {
            some_field: u8,
        },
        Newtype(Line),
        Tuple(u8, String),
        NoItems(),
        NoFields {},
        #[serde(untagged)]
        Else(String),
    }

    #[igor::data]
    #[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
    pub enum Internal {
        UnitOne,
        Named {
            some_field: u8,
            #[serde(default)]
            more: u8,
        },
        Newtype(Line),
        #[serde(rename = "odd\"one")]
        Odd,
        NoFields {},
        #[serde(skip)]
        Skipped(Rc<u8>),
    }

    #[igor::data]
    #[serde(tag = "kind", content = "of")]
    pub enum Adjacent {
        Unit,
        #[serde(rename_all = "camelCase")]
        Named {
            some_field: u8,
        },
        Newtype(Line),
        Tuple(u8, String),
    }

    #[igor::data]
    #[derive(Default)]
    #[serde(untagged)]
    pub enum Untagged {
        Named {
            some_field: u8,
        },
        Newtype(Line),
        Tuple(u8, String),
        #[default]
        Unit,
    }

    #[igor::data]
    #[repr(u8)]
    pub enum Numbered {
        One = 1,
        Two = 2,
    }

    #[igor::data]
    pub enum Nothing {}

    fn all<T: Serialize + DeserializeOwned>(values: impl IntoIterator<Item = T>) -> Vec<String> {
        values.into_iter().map(|value| written(&value)).collect()
    }

    pub fn check() {
        assert_eq!(
            declared::<External>(),
            "type External = \"Unit\" | { \"Named\": { some_field: number, } } | \
             { \"Newtype\": Line } | { \"Tuple\": [number, string] } | { \"NoItems\": never[] } | \
             { \"NoFields\": Record<symbol, never> } | string;"
        );
        let values = [
            External::Unit,
            External::Named { some_field: 1 },
            External::Newtype(Line::default()),
            External::Tuple(1, String::new()),
            External::NoItems(),
            External::NoFields {},
            External::Else("hello".to_owned()),
        ];
        assert_eq!(
            all(values),
            [
                r#""Unit""#,
                r#"{"Named":{"some_field":1}}"#,
                r#"{"Newtype":{"text":""}}"#,
                r#"{"Tuple":[1,""]}"#,
                r#"{"NoItems":[]}"#,
                r#"{"NoFields":{}}"#,
                r#""hello""#,
            ]
        );

        assert_eq!(
            declared::<Internal>(),
            "type Internal = { \"kind\": \"unit_one\" } | \
             { \"kind\": \"named\", someField: number, more?: number, } | \
             { \"kind\": \"newtype\" } & Line | { \"kind\": \"odd\\u0022one\" } | \
             { \"kind\": \"no_fields\", };"
        );
        let values = [
            Internal::UnitOne,
            Internal::Named { some_field: 1, more: 2 },
            Internal::Newtype(Line::default()),
            Internal::Odd,
            Internal::NoFields {},
        ];
        assert_eq!(
            all(values),
            [
                r#"{"kind":"unit_one"}"#,
                r#"{"kind":"named","someField":1,"more":2}"#,
                r#"{"kind":"newtype","text":""}"#,
                r#"{"kind":"odd\"one"}"#,
                r#"{"kind":"no_fields"}"#,
            ]
        );
        assert!(serde_json::to_string(&Internal::Skipped(Rc::new(1))).is_err());

        assert_eq!(
            declared::<Adjacent>(),
            "type Adjacent = { \"kind\": \"Unit\" } | \
             { \"kind\": \"Named\", \"of\": { someField: number, } } | \
             { \"kind\": \"Newtype\", \"of\": Line } | \
             { \"kind\": \"Tuple\", \"of\": [number, string] };"
        );
        let values = [
            Adjacent::Unit,
            Adjacent::Named { some_field: 1 },
            Adjacent::Newtype(Line::default()),
            Adjacent::Tuple(1, String::new()),
        ];
        assert_eq!(
            all(values),
            [
                r#"{"kind":"Unit"}"#,
                r#"{"kind":"Named","of":{"someField":1}}"#,
                r#"{"kind":"Newtype","of":{"text":""}}"#,
                r#"{"kind":"Tuple","of":[1,""]}"#,
            ]
        );

        assert_eq!(
            declared::<Untagged>(),
            "type Untagged = { some_field: number, } | Line | [number, string] | null;"
        );
        let values = [
            Untagged::Named { some_field: 1 },
            Untagged::Newtype(Line::default()),
            Untagged::Tuple(1, String::new()),
            Untagged::default(),
        ];
        assert_eq!(all(values), [r#"{"some_field":1}"#, r#"{"text":""}"#, r#"[1,""]"#, "null"]);

        assert_eq!(declared::<Numbered>(), "type Numbered = \"One\" | \"Two\";");
        assert_eq!(all([Numbered::One, Numbered::Two]), [r#""One""#, r#""Two""#]);
        assert_eq!(declared::<Nothing>(), "type Nothing = never;");
    }
}

mod generics {
    use super::*;

    #[igor::data]
    pub struct Page<T> {
        items: Vec<T>,
        next: Option<Box<Page<T>>>,
    }

    #[igor::data]
    #[derive(Clone)]
    pub struct Bounded<T: Clone, U = u8>
    where
        U: Clone + std::fmt::Debug,
    {
        items: Vec<T>,
        last: U,
    }

    #[igor::data]
    pub enum Tree<T> {
        Leaf(T),
        Branch { left: Box<Tree<T>>, right: Box<Tree<T>> },
    }

    #[igor::action]
    fn turn(page: Page<Tree<String>>) -> Page<Bounded<u8>> {
        drop(page);
        Page { items: Vec::new(), next: None }
    }

    pub fn check() {
        assert_eq!(
            declared::<Page<Tree<u8>>>(),
            "type Page<T> = { items: Array<T>, next: Page<T> | null, };"
        );
        assert_eq!(Page::<Tree<u8>>::name(&Config::new()), "Page<Tree<number>>");
        let leaf = Page { items: vec![Tree::Leaf(1_u8)], next: None };
        let branch = Tree::Branch { left: Box::new(Tree::Leaf(2)), right: Box::new(Tree::Leaf(3)) };
        let page = Page { items: vec![branch], next: Some(Box::new(leaf)) };
        let left = r#"{"Branch":{"left":{"Leaf":2},"right":{"Leaf":3}}}"#;
        let right = r#"{"items":[{"Leaf":1}],"next":null}"#;
        assert_eq!(written(&page), format!(r#"{{"items":[{left}],"next":{right}}}"#));
        assert_eq!(
            declared::<Bounded<u8>>(),
            "type Bounded<T, U = number> = { items: Array<T>, last: U, };"
        );
        assert_eq!(written(&Bounded { items: vec![1], last: 2 }), r#"{"items":[1],"last":2}"#);
        assert_eq!(
            declared::<Tree<u8>>(),
            "type Tree<T> = { \"Leaf\": T } | { \"Branch\": { left: Tree<T>, right: Tree<T>, } };"
        );
        assert!(turn(Page { items: Vec::new(), next: None }).items.is_empty());
    }
}

mod inside_a_function {
    use super::*;

    pub fn check() {
        #[igor::data]
        struct Local {
            next: Option<Box<Local>>,
        }
        assert_eq!(declared::<Local>(), "type Local = { next: Local | null, };");
        assert_eq!(written(&Local { next: None }), r#"{"next":null}"#);
    }
}

#[test]
fn every_form_of_data_is_described_as_serde_writes_it() {
    fields::check();
    structs::check();
    enums::check();
    generics::check();
    inside_a_function::check();
}
