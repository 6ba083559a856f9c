//! The tag of a struct, as its schema has it.

use schemars::Schema;
use schemars::transform::Transform;
use serde_json::{Map, Value};

/// Says in the schema of a struct which key `#[serde(tag = "…")]` writes, and what it holds;
/// schemars itself knows the tags of enums only.
#[derive(Clone, Copy, Debug)]
pub struct StructTag {
    /// The key.
    pub key: &'static str,
    /// The name of the struct, which is its value.
    pub name: &'static str,
}

impl Transform for StructTag {
    fn transform(&mut self, schema: &mut Schema) {
        let mut constant = Map::new();
        constant.insert("type".to_owned(), "string".into());
        constant.insert("const".to_owned(), self.name.into());
        let properties = schema.ensure_object().entry("properties");
        if let Value::Object(properties) = properties.or_insert_with(|| Map::new().into()) {
            properties.insert(self.key.to_owned(), constant.into());
        }
        let required = schema.ensure_object().entry("required");
        if let Value::Array(required) = required.or_insert_with(|| Value::Array(Vec::new())) {
            required.push(self.key.into());
        }
    }
}
