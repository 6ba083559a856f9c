//! Enums, by how they say which variant they are.

use proptest_derive::Arbitrary;

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Line {
    text: String,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
enum External {
    /// Docs end in no way: "\*/", */, `{`, }, &, \u0022, é.
    Unit,
    Newtype(Line),
    /// One line.
    ///
    ///   * and more.
    Number(u8),
    Tuple(u8, String),
    /** Written
    otherwise. */
    Fields {
        x: u8,
        maybe: Option<u8>,
    },
    NoItems(),
    NoFields {},
    Nothing(()),
    Option(Option<u8>),
    #[serde(skip)]
    #[allow(dead_code)] // it is there to be skipped
    #[proptest(skip)]
    Skipped(u8),
}

#[igor::data]
#[derive(Debug, Arbitrary)]
#[repr(u8)]
enum Plain {
    One = 1,
    #[serde(rename = "2", alias = "second")]
    Two = 2,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Internal {
    /// One.
    UnitOne,
    /// All of it.
    Whole(Line),
    Fields {
        x: u8,
    },
    NoFields {},
    Nested(Inside),
}

#[igor::data]
#[derive(Debug, Arbitrary)]
#[serde(tag = "inside")]
enum Inside {
    A,
    B { b: bool },
}

#[igor::data]
#[derive(Debug, Arbitrary)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Unit,
    /// The only one.
    One(u8),
    Option(Option<u8>),
    Tuple(u8, String),
    Fields {
        x: u8,
    },
}

#[igor::data]
#[derive(Debug, Arbitrary)]
#[serde(untagged)]
enum Untagged {
    Unit,
    /// It has no name at which its docs could stand.
    Number(u8),
    Pair(bool, u8),
    Fields {
        x: u8,
    },
    Whole(Line),
    Text(String),
}

#[igor::data]
#[derive(Debug, Arbitrary)]
enum WithUntagged {
    Known,
    #[serde(untagged)]
    Else(u8),
}

#[igor::data]
#[derive(Debug, Arbitrary)]
#[serde(tag = "kind")]
enum WithOther {
    Known {
        x: u8,
    },
    #[serde(other)]
    Else,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
#[serde(tag = "what", rename = "Thing")]
struct TaggedStruct {
    a: u8,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
#[serde(tag = "t", content = "c", deny_unknown_fields)]
enum StrictAdjacent {
    A,
    B { x: u8 },
}

#[igor::data]
#[derive(Debug, Arbitrary)]
#[serde(tag = "t", deny_unknown_fields)]
enum StrictInternal {
    A,
    B { x: u8 },
    C(Line),
}

#[igor::data]
#[derive(Debug, Arbitrary)]
enum SkippedInside {
    Fields {
        #[serde(skip)]
        #[proptest(value = "0")]
        #[allow(dead_code)] // it is there to be skipped
        x: u8,
    },
    Items(
        #[serde(skip)]
        #[proptest(value = "0")]
        u8,
        bool,
    ),
}

rows! {
    externally_tagged: External, Plain, SkippedInside;
    internally_tagged: Internal, StrictInternal;
    adjacently_tagged: Adjacent, StrictAdjacent;
    untagged: Untagged;
    untagged_variant: WithUntagged;
    other: WithOther;
    tag_of_a_struct: TaggedStruct;
}
