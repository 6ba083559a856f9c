//! Shapes of structs, generics and recursion.

use std::marker::PhantomData;

use proptest::arbitrary::Arbitrary;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any};
use proptest_derive::Arbitrary;

use crate::row::few;

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Unit;

#[igor::data]
#[derive(Debug, Arbitrary)]
struct NoFields {}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct NoItems();

#[igor::data]
#[derive(Debug, Arbitrary)]
struct AllSkipped {
    #[serde(skip)]
    #[proptest(value = "0")]
    #[allow(dead_code)] // it is there to be skipped
    x: u8,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Point {
    x: u8,
    y: u8,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Newtype(Point);

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Pair(u8, String);

#[igor::data]
#[derive(Debug, Arbitrary)]
#[allow(dead_code)] // it is there to be skipped
struct SkippingPair(
    u8,
    #[serde(skip)]
    #[proptest(value = "0")]
    u16,
    Option<bool>,
);

#[igor::data]
#[derive(Debug, Arbitrary)]
struct DefaultPair(u8, #[serde(default)] u8);

#[igor::data]
#[derive(Debug, Arbitrary)]
#[serde(transparent)]
struct Named {
    value: Vec<u8>,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
#[serde(transparent)]
struct Marked {
    value: Point,
    #[serde(skip)]
    of: PhantomData<u8>,
}

#[igor::data]
#[derive(Debug)]
struct Page<T, U = u8> {
    items: Vec<T>,
    last: Option<U>,
}

impl<T: Arbitrary + 'static, U: Arbitrary + 'static> Arbitrary for Page<T, U> {
    type Parameters = ();
    type Strategy = BoxedStrategy<Self>;

    fn arbitrary_with((): ()) -> Self::Strategy {
        (few(), any::<Option<U>>()).prop_map(|(items, last)| Page { items, last }).boxed()
    }
}

#[igor::data]
#[derive(Debug, Arbitrary)]
enum Either<L, R> {
    Left(L),
    Right(R),
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Pages {
    points: Page<Point>,
    pages: Page<Page<String, bool>>,
    either: Either<Point, Page<u8>>,
}

#[igor::data]
#[derive(Debug)]
struct Tree<T> {
    value: T,
    branches: Vec<Tree<T>>,
}

#[igor::data]
#[derive(Debug)]
struct List {
    next: Option<Box<List>>,
    tree: Tree<u8>,
}

impl Arbitrary for List {
    type Parameters = ();
    type Strategy = BoxedStrategy<Self>;

    fn arbitrary_with((): ()) -> Self::Strategy {
        let leaf = any::<u8>().prop_map(|value| Tree { value, branches: Vec::new() });
        let tree = leaf.prop_recursive(3, 8, 3, |inner| {
            let branches = proptest::collection::vec(inner, 0..3);
            (any::<u8>(), branches).prop_map(|(value, branches)| Tree { value, branches })
        });
        let next = tree.clone().prop_map(|tree| Some(Box::new(List { next: None, tree })));
        (tree, Just(()).prop_map(|()| None).boxed().prop_union(next.boxed()))
            .prop_map(|(tree, next)| List { next, tree })
            .boxed()
    }
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Größe {
    höhe: u8,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Umlauts {
    größe: Größe,
}

rows! {
    unit_and_empty_structs: Unit, NoFields, NoItems, AllSkipped;
    tuple_structs: Newtype, Pair, SkippingPair, DefaultPair;
    transparent: Named, Marked;
    generics: Pages;
    unicode_names: Umlauts;
    recursion: List;
}
