//! A value that takes as long to be written as the test wants.

use std::borrow::Cow;
use std::sync::{Mutex, mpsc};

use igor::__private::schemars::{JsonSchema, Schema, SchemaGenerator};
use igor::__private::ts_rs::{Config, TS};
use igor::Scope;
use igor::serde::ser::{Serialize, SerializeSeq as _, Serializer};
use igor_tests::Bench;
use serde_json::Value;

/// Opens when the test says so.
pub(crate) struct Gate(Mutex<mpsc::Receiver<()>>);

impl Gate {
    /// A gate that opens once for each word.
    pub(crate) fn new(words: mpsc::Receiver<()>) -> Self {
        Gate(Mutex::new(words))
    }
}

/// A value of more than a slice, which takes as long to be written as the test wants.
pub(crate) struct Large {
    bench: Scope<Bench>,
    gate: Scope<Gate>,
}

impl Large {
    /// A value that says "writing" and waits for the gate in the middle of being written.
    pub(crate) fn new(bench: Scope<Bench>, gate: Scope<Gate>) -> Self {
        Large { bench, gate }
    }
}

impl Serialize for Large {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut parts = serializer.serialize_seq(None)?;
        parts.serialize_element(&"x".repeat(300 << 10))?;
        self.bench.tell("writing");
        let open = self.gate.0.lock().expect("nobody panics with it").recv();
        parts.serialize_element(&open.is_ok())?;
        parts.end()
    }
}

impl TS for Large {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(cfg: &Config) -> String {
        Value::name(cfg)
    }

    fn inline(cfg: &Config) -> String {
        Value::inline(cfg)
    }
}

impl JsonSchema for Large {
    fn schema_name() -> Cow<'static, str> {
        Value::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Value::json_schema(generator)
    }
}
