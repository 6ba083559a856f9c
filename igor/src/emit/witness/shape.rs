//! A type as a set of JSON values, whoever described it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::emit::witness::refined::{Number, Range, Text};

/// The shapes that have a name, by it.
pub(in crate::emit) type Named = BTreeMap<String, Shape>;

/// A set of JSON values.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::emit) enum Shape {
    /// All of them.
    Any,
    Text(Text),
    Number(Number),
    /// What a sign of a binary frame stands for: no object, whatever else is merged with it.
    Signed(&'static str),
    /// This one value; `null` and the booleans are such, too.
    Exactly(Value),
    /// Arrays of these, with the range of their lengths.
    List(Box<Shape>, Range),
    Tuple(Vec<Shape>),
    Object(Object),
    /// What is in one of these; nothing, when there are none.
    OneOf(Vec<Shape>),
    /// What is in each of these.
    AllOf(Vec<Shape>),
    /// What this name stands for.
    Reference(String),
}

/// Objects with these fields.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::emit) struct Object {
    pub(in crate::emit) fields: BTreeMap<String, Field>,
    /// The values of all other fields, where there may be others.
    pub(in crate::emit) rest: Option<Box<Shape>>,
    /// Whether this is a map as TypeScript writes it. Its keys are those of the Rust type, so they
    /// are not compared.
    pub(super) is_map: bool,
}

/// One field of an object.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::emit) struct Field {
    pub(in crate::emit) shape: Shape,
    pub(in crate::emit) is_required: bool,
}

impl Shape {
    pub(super) const NEVER: Shape = Shape::OneOf(Vec::new());
    pub(super) const TEXT: Shape = Shape::Text(Text::ALL);
    pub(super) const NUMBER: Shape = Shape::Number(Number::ALL);

    pub(super) fn null() -> Self {
        Shape::Exactly(Value::Null)
    }

    pub(in crate::emit) fn boolean() -> Self {
        Shape::OneOf(vec![Shape::Exactly(true.into()), Shape::Exactly(false.into())])
    }

    pub(super) fn list(item: Shape) -> Self {
        Shape::List(Box::new(item), Range::ALL)
    }

    /// A map whose values have this shape.
    pub(super) fn map(value: Shape) -> Self {
        Shape::Object(Object { rest: Some(Box::new(value)), is_map: true, ..Object::default() })
    }

    /// The same for whoever does not mind fields that are not named.
    pub(in crate::emit) fn opened(self) -> Self {
        match self.with_parts(Shape::opened) {
            Shape::Object(mut object) => {
                object.rest.get_or_insert_with(|| Box::new(Shape::Any));
                Shape::Object(object)
            }
            other => other,
        }
    }

    /// The same as far as TypeScript can say it.
    pub(super) fn told(self) -> Self {
        match self.with_parts(Shape::told) {
            Shape::Text(_) => Shape::TEXT,
            Shape::Number(_) => Shape::NUMBER,
            Shape::List(item, _) => Shape::list(*item),
            other => other,
        }
    }

    /// The same with each of its parts changed.
    fn with_parts(self, change: fn(Shape) -> Shape) -> Self {
        let all = |shapes: Vec<Shape>| shapes.into_iter().map(change).collect();
        match self {
            Shape::List(item, length) => Shape::List(Box::new(change(*item)), length),
            Shape::Tuple(shapes) => Shape::Tuple(all(shapes)),
            Shape::OneOf(shapes) => Shape::OneOf(all(shapes)),
            Shape::AllOf(shapes) => Shape::AllOf(all(shapes)),
            Shape::Object(object) => {
                let fields = object
                    .fields
                    .into_iter()
                    .map(|(key, field)| (key, Field { shape: change(field.shape), ..field }));
                let rest = object.rest.map(|rest| Box::new(change(*rest)));
                Shape::Object(Object { fields: fields.collect(), rest, ..object })
            }
            other => other,
        }
    }

    /// The shapes that this is one of, each neither a choice, nor an intersection, nor a name.
    pub(super) fn alternatives(&self, named: &Named) -> Vec<Shape> {
        match self {
            Shape::OneOf(shapes) => {
                shapes.iter().flat_map(|shape| shape.alternatives(named)).collect()
            }
            Shape::AllOf(shapes) => shapes.iter().fold(vec![Shape::Any], |met, shape| {
                let others = shape.alternatives(named);
                met.iter().flat_map(|one| others.iter().filter_map(|it| meet(one, it))).collect()
            }),
            // Every name is known: whoever read the shapes has seen to it.
            Shape::Reference(name) => {
                named.get(name).map_or(vec![Shape::Any], |shape| shape.alternatives(named))
            }
            _ => vec![self.clone()],
        }
    }

    /// The names in it, each as often as it is there.
    pub(super) fn references(&self) -> Vec<&str> {
        match self {
            Shape::Any
            | Shape::Text(_)
            | Shape::Number(_)
            | Shape::Signed(_)
            | Shape::Exactly(_) => Vec::new(),
            Shape::List(item, _) => item.references(),
            Shape::Tuple(shapes) | Shape::OneOf(shapes) | Shape::AllOf(shapes) => {
                shapes.iter().flat_map(Shape::references).collect()
            }
            Shape::Object(object) => {
                let fields = object.fields.values().map(|field| &field.shape);
                fields.chain(object.rest.as_deref()).flat_map(Shape::references).collect()
            }
            Shape::Reference(name) => vec![name],
        }
    }

    /// What a person calls it.
    pub(super) fn said(&self) -> String {
        match self {
            Shape::Any => "anything".to_owned(),
            Shape::Text(text) => text.to_string(),
            Shape::Number(number) => number.to_string(),
            Shape::Signed("$bin") => "bytes".to_owned(),
            Shape::Signed("$big") => "a bigint".to_owned(),
            Shape::Signed(_) => "a date".to_owned(),
            Shape::Exactly(value) => format!("`{value}`"),
            Shape::List(_, length) => format!("an array{length}"),
            Shape::Tuple(items) => format!("an array of {}", items.len()),
            Shape::Object(object) if object.fields.is_empty() => "an object".to_owned(),
            Shape::Object(object) => {
                let keys: Vec<_> = object.fields.keys().map(|key| format!("`{key}`")).collect();
                format!("an object with {}", keys.join(", "))
            }
            Shape::OneOf(shapes) if shapes.is_empty() => "nothing".to_owned(),
            Shape::OneOf(shapes) | Shape::AllOf(shapes) => {
                shapes.iter().map(Shape::said).collect::<Vec<_>>().join(" or ")
            }
            Shape::Reference(name) => format!("`{name}`"),
        }
    }
}

/// What is in both of two alternatives; `None` when nothing is.
fn meet(one: &Shape, other: &Shape) -> Option<Shape> {
    Some(match (one, other) {
        (Shape::Any, shape) | (shape, Shape::Any) => shape.clone(),
        (Shape::Object(one), Shape::Object(other)) => Shape::Object(meet_objects(one, other)),
        (one, other) if one == other => one.clone(),
        (Shape::Text(one), Shape::Text(other)) => Shape::Text(one.meet(other)),
        (Shape::Number(one), Shape::Number(other)) => Shape::Number(one.meet(*other)),
        (exact @ Shape::Exactly(Value::String(_)), Shape::Text(_))
        | (Shape::Text(_), exact @ Shape::Exactly(Value::String(_)))
        | (exact @ Shape::Exactly(Value::Number(_)), Shape::Number(_))
        | (Shape::Number(_), exact @ Shape::Exactly(Value::Number(_))) => exact.clone(),
        _ => return None,
    })
}

fn meet_objects(one: &Object, other: &Object) -> Object {
    let mut fields = BTreeMap::new();
    for key in one.fields.keys().chain(other.fields.keys()) {
        let both = [one, other].map(|object| object.fields.get(key));
        let shapes = [one, other].into_iter().zip(both).filter_map(|(object, field)| {
            // A field that only the other one names is one of the rest of this one.
            field.map(|field| &field.shape).or(object.rest.as_deref())
        });
        let shape = Shape::AllOf(shapes.cloned().collect());
        let is_required = both.into_iter().flatten().any(|field| field.is_required);
        fields.insert(key.clone(), Field { shape, is_required });
    }
    let rest = one.rest.clone().or_else(|| other.rest.clone());
    Object { fields, rest, is_map: one.is_map && other.is_map }
}
