//! The shape of what a JSON Schema describes, as schemars writes it.

use serde_json::{Map, Value};

use crate::emit::witness::refined::{Number, Range, Text};
use crate::emit::witness::shape::{Field, Object, Shape};

/// Reads a schema.
pub(in crate::emit) fn read(schema: &Value) -> Shape {
    let Value::Object(keywords) = schema else {
        return if *schema == Value::Bool(false) { Shape::NEVER } else { Shape::Any };
    };
    let mut parts = Vec::new();
    if let Some(Value::String(path)) = keywords.get("$ref") {
        parts.push(Shape::Reference(name_of(path)));
    }
    if let Some(exact) = keywords.get("const") {
        parts.push(Shape::Exactly(exact.clone()));
    } else if let Some(Value::Array(values)) = keywords.get("enum") {
        parts.push(Shape::OneOf(values.iter().cloned().map(Shape::Exactly).collect()));
    } else {
        match keywords.get("type") {
            Some(Value::String(kind)) => parts.push(of_kind(kind, keywords)),
            Some(Value::Array(kinds)) => {
                let kinds = kinds.iter().filter_map(Value::as_str);
                parts.push(Shape::OneOf(kinds.map(|kind| of_kind(kind, keywords)).collect()));
            }
            _ if keywords.contains_key("properties") => parts.push(object(keywords)),
            _ => {}
        }
    }
    for keyword in ["oneOf", "anyOf"] {
        if let Some(Value::Array(schemas)) = keywords.get(keyword) {
            parts.push(Shape::OneOf(schemas.iter().map(read).collect()));
        }
    }
    if let Some(Value::Array(schemas)) = keywords.get("allOf") {
        parts.extend(schemas.iter().map(read));
    }
    match parts.len() {
        0 => Shape::Any,
        1 => parts.remove(0),
        _ => Shape::AllOf(parts),
    }
}

fn of_kind(kind: &str, keywords: &Map<String, Value>) -> Shape {
    match kind {
        "null" => Shape::null(),
        "boolean" => Shape::boolean(),
        "string" => Shape::Text(Text::read(keywords)),
        "integer" | "number" => Shape::Number(Number::read(kind, keywords)),
        "array" => array(keywords),
        "object" => object(keywords),
        _ => Shape::Any,
    }
}

fn array(keywords: &Map<String, Value>) -> Shape {
    // Draft 7 of JSON Schema has no word of its own for the items of a tuple.
    let items = keywords.get("prefixItems").or(keywords.get("items"));
    if let Some(Value::Array(items)) = items {
        return Shape::Tuple(items.iter().map(read).collect());
    }
    let item = keywords.get("items").map_or(Shape::Any, read);
    let bound = |keyword| keywords.get(keyword).and_then(Value::as_u64);
    match (bound("minItems"), bound("maxItems")) {
        (_, Some(0)) => Shape::list(Shape::NEVER),
        // As long as ts-rs writes a tuple; a longer one is an array for it too.
        (Some(least), Some(most)) if least == most && most <= 64 => {
            Shape::Tuple((0..most).map(|_| item.clone()).collect())
        }
        _ => Shape::List(Box::new(item), Range::read(keywords, "minItems", "maxItems")),
    }
}

fn object(keywords: &Map<String, Value>) -> Shape {
    let required: Vec<_> = match keywords.get("required") {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if let [only] = required[..]
        && let Some(sign) = ["$bin", "$big", "$date"].into_iter().find(|sign| *sign == only)
    {
        return Shape::Signed(sign);
    }
    let mut object = Object::default();
    if let Some(Value::Object(properties)) = keywords.get("properties") {
        for (name, schema) in properties {
            let is_required = required.contains(&name.as_str());
            object.fields.insert(name.clone(), Field { shape: read(schema), is_required });
        }
    }
    for keyword in ["additionalProperties", "unevaluatedProperties"] {
        match keywords.get(keyword) {
            None | Some(Value::Bool(false)) => {}
            Some(schema) => object.rest = Some(Box::new(read(schema))),
        }
    }
    if let Some(Value::Object(patterns)) = keywords.get("patternProperties")
        && let Some(schema) = patterns.values().next()
    {
        object.rest = Some(Box::new(read(schema)));
    }
    Shape::Object(object)
}

/// The name that a reference ends with: of a JSON pointer, in the fragment of a URL.
pub(in crate::emit) fn name_of(path: &str) -> String {
    let last = path.rsplit('/').next().unwrap_or_default();
    let mut bytes = Vec::new();
    let mut rest = last.as_bytes();
    while let [first, behind @ ..] = rest {
        let digits = behind.get(..2).filter(|_| *first == b'%').and_then(hexadecimal);
        bytes.push(digits.unwrap_or(*first));
        rest = if digits.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8_lossy(&bytes).replace("~1", "/").replace("~0", "~")
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn a_name_is_read_out_of_its_reference() {
        assert_eq!(name_of("#/$defs/Line"), "Line");
        assert_eq!(name_of("#/$defs/Gr%C3%B6%C3%9Fe"), "Größe");
        assert_eq!(name_of("#/$defs/a~1b~0c%"), "a/b~c%");
    }
}
