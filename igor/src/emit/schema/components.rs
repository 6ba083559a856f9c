//! The schemas that a document refers to by name, of what is written and of what is read.

use std::collections::BTreeSet;

use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::data::DataType;

/// Where the document has its schemas.
const SCHEMAS: &str = "#/components/schemas/";

/// Where those of what is read are, until it is known which of them are the same.
const READ: &str = "#/components/read/";

/// Collects schemas in both directions. A type that is read as it is written stands in the document
/// once; of another, what is read stands there as `…Input`.
pub(super) struct Components {
    written: SchemaGenerator,
    read: SchemaGenerator,
}

impl Components {
    pub(super) fn new() -> Self {
        let at = |path: &'static str| {
            let mut settings = SchemaSettings::draft07();
            settings.definitions_path = path.into();
            settings
        };
        Components {
            written: at(SCHEMAS).for_serialize().into_generator(),
            read: at(READ).for_deserialize().into_generator(),
        }
    }

    /// The schema of what the server writes.
    pub(super) fn written(&mut self, data: DataType) -> Value {
        Schema::to_value((data.schema)(&mut self.written))
    }

    /// The schema of what the server reads.
    pub(super) fn read(&mut self, data: DataType) -> Value {
        Schema::to_value((data.schema)(&mut self.read))
    }

    /// The document that was made of these schemas, with what they refer to.
    pub(super) fn beside(mut self, mut document: Value) -> Value {
        let mut schemas = self.written.take_definitions(true);
        let mut read = Value::Object(self.read.take_definitions(true));
        let other = differing(&schemas, &read);
        let named = |name: &str| match other.contains(name) {
            true => format!("{SCHEMAS}{name}Input"),
            false => format!("{SCHEMAS}{name}"),
        };
        for part in [&mut document, &mut read] {
            refer(part, &named);
        }
        if let Value::Object(read) = read {
            for (name, schema) in read {
                let key = named(&name).split_off(SCHEMAS.len());
                schemas.insert(key, schema);
            }
        }
        document["components"] = json!({ "schemas": schemas });
        document
    }
}

/// The names that are read otherwise than they are written, or that refer to such.
fn differing(written: &Map<String, Value>, read: &Value) -> BTreeSet<String> {
    let mut differing = BTreeSet::new();
    loop {
        let named = |name: &str| match differing.contains(name) {
            true => format!("{READ}{name}"),
            false => format!("{SCHEMAS}{name}"),
        };
        let mut referring = read.clone();
        refer(&mut referring, &named);
        let differs =
            |name: &String| written.get(name).is_some_and(|it| Some(it) != referring.get(name));
        let found: BTreeSet<String> = match read {
            Value::Object(read) => read.keys().filter(|name| differs(name)).cloned().collect(),
            _ => BTreeSet::new(),
        };
        if found == differing {
            return found;
        }
        differing = found;
    }
}

/// Gives every reference to a schema of what is read its place in the document.
fn refer(value: &mut Value, named: &dyn Fn(&str) -> String) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(path) if key == "$ref" => {
                        if let Some(name) = path.strip_prefix(READ) {
                            *path = named(name);
                        }
                    }
                    value => refer(value, named),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| refer(item, named)),
        _ => {}
    }
}
