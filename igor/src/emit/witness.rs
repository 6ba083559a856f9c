//! The witness: a second opinion on every type before it is emitted.
//!
//! ts-rs says what a type is in TypeScript; schemars, on its own, what serde writes and what it
//! reads. A TypeScript type is true when everything that is written is a value of it, and every
//! value of it is read. Where the two disagree, somebody is wrong, and the client is not emitted.

mod notation;
mod refined;
mod schema;
mod shape;
mod subset;

use std::collections::BTreeSet;

use schemars::generate::SchemaSettings;

use crate::contract::Catalog;
use crate::data::tokens::canonical;
use crate::data::{self, DataType};
pub(super) use schema::{name_of, read as shape_of};
pub(super) use shape::{Named, Shape};
pub(super) use subset::{Comparison, Difference, Sizes, Why};

/// Which way the values go.
#[derive(Clone, Copy)]
enum Direction {
    Written,
    Read,
}

/// Where the two descriptions of a catalog's types differ: for each type that something carries, and
/// each direction, the first place.
pub(super) fn mistakes(catalog: &Catalog) -> BTreeSet<String> {
    let mut mistakes = BTreeSet::new();
    let named = named(catalog, &mut mistakes);
    if mistakes.is_empty() {
        for direction in [Direction::Written, Direction::Read] {
            compare(catalog.types(), &named, direction, &mut mistakes);
        }
    }
    mistakes
}

/// The shapes of the named types, as TypeScript has them.
fn named(catalog: &Catalog, mistakes: &mut BTreeSet<String>) -> Named {
    let mut named = Named::new();
    for (name, body) in catalog.bodies() {
        let shape = match notation::read(body) {
            // Everything that JSON can say, which has no shape of its own.
            _ if name == "JsonValue" && catalog.is_foreign(name) => Shape::Any,
            Ok(shape) => shape,
            Err(what) => {
                mistakes.insert(unreadable(name, &what));
                continue;
            }
        };
        named.insert(canonical(name), shape);
    }
    for (name, shape) in &named {
        let is_unknown = |it: &&str| !named.contains_key(*it);
        for unknown in shape.references().into_iter().filter(is_unknown) {
            mistakes.insert(unreadable(name, &format!("`{unknown}`")));
        }
    }
    named
}

fn compare(
    types: &[DataType],
    named: &Named,
    direction: Direction,
    mistakes: &mut BTreeSet<String>,
) {
    let settings = match direction {
        Direction::Written => SchemaSettings::draft2020_12().for_serialize(),
        Direction::Read => SchemaSettings::draft2020_12().for_deserialize(),
    };
    let mut generator = settings.into_generator();
    let config = data::notation();
    let mut pairs = Vec::new();
    for data in types {
        let name = (data.name)(&config);
        let schema = schema::read((data.schema)(&mut generator).as_value()).told();
        match notation::read(&name) {
            Ok(shape) => pairs.push((name, shape, schema)),
            Err(what) => {
                mistakes.insert(unreadable(&name, &what));
            }
        }
    }
    let definitions = generator.take_definitions(true);
    let schemas = definitions.iter().map(|(name, it)| (name.clone(), schema::read(it).told()));
    let schemas: Named = schemas.collect();

    let mut comparison = match direction {
        Direction::Written => Comparison::written(&schemas, named),
        Direction::Read => Comparison::read(named, &schemas),
    };
    for (name, shape, schema) in &pairs {
        let checked = match direction {
            Direction::Written => comparison.check(schema, shape, name),
            Direction::Read => comparison.check(shape, schema, name),
        };
        mistakes.extend(checked.err().map(|difference| direction.said(&difference)));
    }
}

fn unreadable(name: &str, what: &str) -> String {
    format!("`{name}` has something that cannot be compared with JSON: {what}")
}

impl Direction {
    /// A difference in words.
    fn said(self, Difference { path, why }: &Difference) -> String {
        let said = match (self, why) {
            (Direction::Written, Why::Kind(one, other)) => {
                format!("{one} is written, but {other} is expected")
            }
            (Direction::Read, Why::Kind(one, other)) => {
                format!("it may give {one}, but {other} is read")
            }
            (Direction::Written, Why::Absent) => "it may be missing in what is written".to_owned(),
            (Direction::Read, Why::Absent) => {
                "it may leave it out, but it is not read without".to_owned()
            }
            (Direction::Written, Why::Unknown) => "it is written, but not expected".to_owned(),
            (Direction::Read, Why::Unknown) => "it may give it, but it is not read".to_owned(),
        };
        let advice = "say there what serde does, by `#[ts(as = \"…\")]` or `#[ts(type = \"…\")]`";
        format!("`{path}` is told wrongly to TypeScript: {said}; {advice}")
    }
}
