//! A schema, as it is compared with another.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::emit::witness::{Named, Shape, name_of, shape_of};
use crate::error::{Error, Result};

/// What a schema says.
pub(super) struct Document {
    pub(super) methods: BTreeMap<String, Method>,
    pub(super) events: BTreeMap<String, Described>,
    pub(super) requests: BTreeMap<String, Request>,
    /// The types with a name.
    pub(super) types: Named,
}

pub(super) struct Method {
    pub(super) parameters: BTreeMap<String, Parameter>,
    pub(super) is_stream: bool,
    pub(super) input: Option<Described>,
    pub(super) result: Option<Described>,
    pub(super) output: Option<Described>,
    pub(super) error: Option<Described>,
}

pub(super) struct Request {
    pub(super) payload: Described,
    pub(super) reply: Described,
}

pub(super) struct Parameter {
    pub(super) is_required: bool,
    pub(super) data: Described,
}

/// What is said of some data.
pub(super) struct Described {
    pub(super) shape: Shape,
    /// Its schema, and those that it refers to, without their docs.
    pub(super) made_of: Vec<Value>,
}

impl Document {
    /// Reads a document that igor wrote.
    pub(super) fn read(text: &str) -> Result<Self> {
        let document: Value = serde_json::from_str(text).map_err(|error| no_schema(&error))?;
        let (Some(methods), Some(events), Some(types)) = (
            document["methods"].as_array(),
            document["x-igor-events"].as_array(),
            document["components"]["schemas"].as_object(),
        ) else {
            return Err(no_schema(&"it has no `methods`, `x-igor-events` and `components`"));
        };
        let types = &without_docs(types);
        let methods = methods.iter().map(|it| (name(it), Method::read(it, types)));
        let events = events.iter().map(|it| (name(it), Described::read(&it["schema"], types)));
        let requests = document["x-igor-requests"].as_array().into_iter().flatten().map(|it| {
            let [payload, reply] = ["schema", "reply"].map(|key| Described::read(&it[key], types));
            (name(it), Request { payload, reply })
        });
        Ok(Document {
            requests: requests.collect(),
            methods: methods.collect(),
            events: events.collect(),
            types: types.iter().map(|(name, it)| (name.clone(), shape_of(it).opened())).collect(),
        })
    }
}

impl Method {
    fn read(method: &Value, types: &Map<String, Value>) -> Self {
        let described = |at: &str| method.pointer(at).map(|schema| Described::read(schema, types));
        let parameters = method["params"].as_array().into_iter().flatten().map(|it| {
            let data = Described::read(&it["schema"], types);
            (name(it), Parameter { is_required: it["required"] == true, data })
        });
        Method {
            parameters: parameters.collect(),
            is_stream: method["x-igor-stream"] == true,
            input: described("/x-igor-input/schema"),
            result: described("/result/schema"),
            output: described("/x-igor-output/schema"),
            error: described("/errors/0/data"),
        }
    }
}

impl Described {
    fn read(schema: &Value, types: &Map<String, Value>) -> Self {
        let mut schema = schema.clone();
        remove_docs(&mut schema);
        let shape = shape_of(&schema).opened();
        let mut names = BTreeSet::new();
        refer(&schema, types, &mut names);
        let referred = names.into_iter().filter_map(|name| types.get(name).cloned());
        Described { shape, made_of: referred.chain([schema.clone()]).collect() }
    }
}

/// Collects the names that a schema refers to, and what those refer to.
fn refer<'a>(schema: &Value, types: &'a Map<String, Value>, names: &mut BTreeSet<&'a str>) {
    match schema {
        Value::Object(fields) => {
            if let Some(Value::String(path)) = fields.get("$ref")
                && let Some((name, schema)) = types.get_key_value(&name_of(path))
                && names.insert(name)
            {
                refer(schema, types, names);
            }
            fields.values().for_each(|value| refer(value, types, names));
        }
        Value::Array(items) => items.iter().for_each(|item| refer(item, types, names)),
        _ => {}
    }
}

fn without_docs(types: &Map<String, Value>) -> Map<String, Value> {
    let mut types = types.clone();
    types.values_mut().for_each(remove_docs);
    types
}

fn remove_docs(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            // A property of that name has a schema, which is no text.
            if fields.get("description").is_some_and(Value::is_string) {
                fields.remove("description");
            }
            fields.values_mut().for_each(remove_docs);
        }
        Value::Array(items) => items.iter_mut().for_each(remove_docs),
        _ => {}
    }
}

fn name(of: &Value) -> String {
    of["name"].as_str().unwrap_or_default().to_owned()
}

fn no_schema(why: &dyn std::fmt::Display) -> Error {
    Error::mistake(format!("this is not a schema of igor's: {why}"))
}
