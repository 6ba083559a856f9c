//! The examination of one type: what serde writes of it, and what serde reads as it.

use std::fmt::Debug;

use igor::__private::schemars::generate::SchemaSettings;
use igor::__private::{schemars::JsonSchema, serde_json};
use igor::Event;
use igor::serde::de::DeserializeOwned;
use igor_tests::Dice;
use jsonschema::Validator;
use proptest::arbitrary::{Arbitrary, any};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::invention::Invention;
use crate::row::Row;
use crate::told::Told;

/// How many values go each way.
const VALUES: u64 = 40;

/// A value that has to compile as one of the row's type.
pub(crate) struct Claim {
    pub(crate) json: String,
}

/// What is found out about a row.
#[derive(Default)]
pub(crate) struct Findings {
    pub(crate) mistakes: Vec<String>,
    pub(crate) claims: Vec<Claim>,
}

/// Examines a type both ways.
pub(crate) fn examine<T: Event + DeserializeOwned + Arbitrary + Debug>(
    row: &Row,
    told: &Told,
) -> Findings {
    let mut examination = Examination { row, told, found: Findings::default() };
    examination.write::<T>();
    examination.read::<T>();
    examination.found
}

struct Examination<'a> {
    row: &'a Row,
    told: &'a Told,
    found: Findings,
}

impl Examination<'_> {
    /// Values of Rust: serde writes them, the schema and TypeScript know them, serde reads the
    /// same again.
    fn write<T: Event + DeserializeOwned + Arbitrary + Debug>(&mut self) {
        let schema = validator::<T>(SchemaSettings::draft2020_12().for_serialize());
        // The same values in every run.
        let mut runner = TestRunner::deterministic();
        for _ in 0..VALUES {
            let value = any::<T>().new_tree(&mut runner).expect("a value").current();
            let json = serde_json::to_string(&value).expect("it is written");
            let parsed: Value = serde_json::from_str(&json).expect("it is JSON");
            self.expect_valid("written", &schema, &parsed);
            match serde_json::from_str::<T>(&json).and_then(|again| serde_json::to_string(&again)) {
                // The keys of a hashed map have no order.
                Ok(again) if serde_json::from_str(&again).ok() == Some(parsed) => {}
                Ok(again) => self.mistake(format!("{json} is read as {again}")),
                Err(error) => self.mistake(format!("{json} is written and not read: {error}")),
            }
            self.found.claims.push(Claim { json });
        }
    }

    /// Values of TypeScript: the schema knows them, serde reads them.
    fn read<T: Event + DeserializeOwned>(&mut self) {
        let schema = validator::<T>(SchemaSettings::draft2020_12().for_deserialize());
        let dice = Dice::new(VALUES, self.row.event.len() as u64);
        let mut invention = Invention::new(self.told, dice, self.row.texts);
        for _ in 0..VALUES {
            let Some(value) = invention.value(self.told.event(self.row.event)) else {
                return self.mistake("nothing has its type".to_owned());
            };
            self.expect_valid("read", &schema, &value);
            let json = value.to_string();
            if let Err(error) = serde_json::from_str::<T>(&json) {
                self.mistake(format!("{json} has its type and is not read: {error}"));
            }
            self.found.claims.push(Claim { json });
        }
    }

    fn expect_valid(&mut self, way: &str, schema: &Validator, value: &Value) {
        if let Err(error) = schema.validate(value) {
            self.mistake(format!("{value} is not in the schema of what is {way}: {error}"));
        }
    }

    fn mistake(&mut self, text: String) {
        self.found.mistakes.push(format!("`{}`: {text}", self.row.event));
    }
}

fn validator<T: JsonSchema>(settings: SchemaSettings) -> Validator {
    let schema = settings.into_generator().into_root_schema_for::<T>();
    let options = jsonschema::options().should_validate_formats(true);
    options.build(schema.as_value()).expect("a schema")
}
