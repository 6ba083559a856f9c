//! What the client's checks expect of the server: the schema of what it says, as short as it can be
//! written.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::action::{Action, ReplyKind};
use crate::data::DataType;
use crate::emit::witness::{Shape, shape_of};
use crate::registry::Registry;

/// The largest integer of which every smaller one is a `number` too.
const EXACT: f64 = 9_007_199_254_740_991.0;

/// What is expected under each name, as an object of JavaScript.
pub(super) fn of(registry: &Registry) -> String {
    let mut writer =
        Writer { generator: SchemaSettings::draft2020_12().for_serialize().into_generator() };
    let mut names = Map::new();
    for action in registry.actions() {
        names.insert(action.name.to_owned(), writer.action(action).into());
    }
    for event in registry.events() {
        names.insert(event.name.to_owned(), json!({ "event": writer.data(event.payload) }));
    }
    for request in registry.requests() {
        names.insert(request.name.to_owned(), json!({ "request": writer.data(request.payload) }));
    }
    let definitions = writer.generator.take_definitions(true);
    let types = definitions.iter().map(|(name, schema)| (name.clone(), short(&shape_of(schema))));
    format!("{{\n  types: {},\n  names: {},\n}}", lines(&types.collect()), lines(&names))
}

struct Writer {
    generator: SchemaGenerator,
}

impl Writer {
    fn action(&mut self, action: &Action) -> Map<String, Value> {
        let signature = (action.signature)();
        let (result, item) = match signature.reply {
            ReplyKind::Value(result) => (Some(result), action.output()),
            ReplyKind::Stream(item) => (None, Some(item)),
        };
        let parts = [("result", result), ("output", item), ("error", signature.error)];
        let parts = parts.into_iter().filter_map(|(part, data)| Some((part, data?)));
        parts.map(|(part, data)| (part.to_owned(), self.data(data))).collect()
    }

    fn data(&mut self, data: DataType) -> Value {
        short(&shape_of((data.schema)(&mut self.generator).as_value()))
    }
}

/// A shape as the checks read it.
fn short(shape: &Shape) -> Value {
    let all = |shapes: &[Shape]| shapes.iter().map(short).collect::<Vec<_>>();
    match shape {
        Shape::Any => "any".into(),
        Shape::Text(_) => "string".into(),
        Shape::Number(number) if number.is_whole => {
            let bound = |bound: f64| (bound.abs() <= EXACT).then_some(bound as i64);
            json!({ "whole": [bound(number.range.least), bound(number.range.most)] })
        }
        Shape::Number(_) => "number".into(),
        Shape::Signed("$bin") => "bytes".into(),
        Shape::Signed("$big") => "bigint".into(),
        Shape::Signed(_) => "date".into(),
        Shape::Exactly(value) => json!({ "is": value }),
        Shape::List(item, _) => json!({ "list": short(item) }),
        Shape::Tuple(items) => json!({ "tuple": all(items) }),
        Shape::Object(object) => {
            let fields = |is_required| {
                let some = object.fields.iter().filter(|(_, it)| it.is_required == is_required);
                some.map(|(key, it)| (key.clone(), short(&it.shape))).collect::<Map<_, _>>()
            };
            let (required, optional) = (fields(true), fields(false));
            let mut short_object = Map::from_iter([("fields".to_owned(), required.into())]);
            if !optional.is_empty() {
                short_object.insert("optional".to_owned(), optional.into());
            }
            if let Some(rest) = &object.rest {
                short_object.insert("rest".to_owned(), short(rest));
            }
            short_object.into()
        }
        shape if *shape == Shape::boolean() => "boolean".into(),
        Shape::OneOf(shapes) => json!({ "some": all(shapes) }),
        Shape::AllOf(shapes) => json!({ "each": all(shapes) }),
        Shape::Reference(name) => json!({ "type": name }),
    }
}

/// An object with a line for each of its fields.
fn lines(object: &Map<String, Value>) -> String {
    let lines = object.iter().map(|(key, value)| format!("    {}: {value},\n", json!(key)));
    format!("{{\n{}  }}", lines.collect::<String>())
}
