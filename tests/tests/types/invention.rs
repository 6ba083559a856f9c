//! Values of a TypeScript type, invented from what the type says and nothing else.

use igor::__private::serde_json::{Map, Value};
use igor_tests::Dice;

use crate::told::{Field, Told, Type};

/// How many declared types may stand inside each other.
const DEEPEST: usize = 6;

/// What strings are, where the row does not say.
const TEXTS: &[&str] = &["", "a", "hello", "Größe 👍", "\"'\\`", "0", "null", "\u{2028}\n\t"];

/// Invents values; the same ones for the same dice.
pub(crate) struct Invention<'a> {
    told: &'a Told,
    dice: Dice,
    texts: &'static [&'static str],
}

impl<'a> Invention<'a> {
    pub(crate) fn new(told: &'a Told, dice: Dice, texts: &'static [&'static str]) -> Self {
        Invention { told, dice, texts: if texts.is_empty() { TEXTS } else { texts } }
    }

    /// A value of a type; none, when nothing has it.
    pub(crate) fn value(&mut self, of: &Type) -> Option<Value> {
        self.at_depth(of, 0)
    }

    fn at_depth(&mut self, of: &Type, depth: usize) -> Option<Value> {
        Some(match of {
            Type::Text => self.dice.pick(self.texts).into(),
            // What every number of Rust can be: that one is whole, and how large it may be, is not
            // said by the type but in its docs.
            Type::Number => (1 + self.dice.below(100)).into(),
            Type::Boolean => self.dice.chance(50).into(),
            Type::Exactly(value) => value.clone(),
            Type::List(item) => {
                // No two the same, because the list may be a set.
                let mut items = Vec::new();
                for _ in 0..self.dice.below(4) {
                    items.extend(self.at_depth(item, depth).filter(|item| !items.contains(item)));
                }
                items.into()
            }
            Type::Tuple(items) => {
                let items = items.iter().map(|item| self.at_depth(item, depth));
                items.collect::<Option<Vec<_>>>()?.into()
            }
            Type::Object(fields) => self.object(fields, depth)?,
            Type::Map(key, of) => self.map(key, of, depth),
            Type::OneOf(types) => self.one_of(types, depth)?,
            Type::AllOf(types) => {
                let mut all = Map::new();
                for of in types {
                    let Value::Object(part) = self.at_depth(of, depth)? else {
                        panic!("an intersection of what are no objects: {types:?}")
                    };
                    all.extend(part);
                }
                all.into()
            }
            Type::Named(..) if depth == DEEPEST => return None,
            Type::Named(name, arguments) => {
                self.at_depth(&self.told.named(name, arguments), depth + 1)?
            }
        })
    }

    fn object(&mut self, fields: &[Field], depth: usize) -> Option<Value> {
        let mut object = Map::new();
        for Field { key, is_optional, of } in fields {
            if *is_optional && self.dice.chance(40) {
                continue;
            }
            match self.at_depth(of, depth) {
                Some(value) => object.insert(key.clone(), value),
                None if *is_optional => None,
                None => return None,
            };
        }
        Some(object.into())
    }

    fn map(&mut self, key: &Type, of: &Type, depth: usize) -> Value {
        let mut map = Map::new();
        for _ in 0..self.dice.below(3) {
            let key = match self.at_depth(key, depth) {
                Some(Value::String(text)) => text,
                Some(other) => other.to_string(),
                None => break,
            };
            if let Some(value) = self.at_depth(of, depth) {
                map.insert(key, value);
            }
        }
        map.into()
    }

    /// Any one of them; of those that end, where others go ever deeper.
    fn one_of(&mut self, types: &[Type], depth: usize) -> Option<Value> {
        let first = self.dice.below(types.len().max(1) as u64) as usize;
        let (before, from) = types.split_at(first.min(types.len()));
        from.iter().chain(before).find_map(|of| self.at_depth(of, depth))
    }
}
