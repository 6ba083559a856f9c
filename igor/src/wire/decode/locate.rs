//! From a position in a JSON text to the path of the value that stands there.

use std::ops::Range;

use crate::wire::path::{self, Step};

/// The path, below `root`, of the first value in `json` that does not fit, after its reader gave
/// up at this offset.
///
/// The offset alone is not enough: serde_json learns of some errors only when it is past the value,
/// at the next one or behind the end of the enclosing. So the last tokens are tried in turn: the
/// first with which the text `fails` is the one.
pub(super) fn locate<'a>(
    json: &'a str,
    root: &str,
    offset: usize,
    fails: &dyn Fn(&'a str) -> bool,
) -> String {
    let before = Walk::new(json).take_while(|end| *end < offset).count();
    // From the one before the offset on: the one at it, and else the one behind it.
    let mut walk = Walk::new(json);
    for _ in 1..before {
        walk.next();
    }
    let mut path = root.to_owned();
    for _ in 0..3 {
        let Some(end) = walk.next() else { break };
        path = path::below(root, walk.steps());
        if json.get(..end).is_some_and(fails) {
            break;
        }
    }
    path
}

/// Goes through the tokens of a text that is JSON at least up to the place that is looked for;
/// yields the offset of the end of each.
///
/// It is not recursive, because what the reader skips may be nested as deep as the text is long.
struct Walk<'a> {
    json: &'a str,
    at: usize,
    /// The containers that are open, the innermost last.
    open: Vec<Container>,
    /// How many of the open containers lead to the last token.
    depth: usize,
}

enum Container {
    /// With the index of the item that is being read.
    Array(usize),
    /// With the place of the key whose value is being read, if it is not a key that comes next.
    Object(Option<Range<usize>>),
}

impl<'a> Walk<'a> {
    fn new(json: &'a str) -> Self {
        Walk { json, at: 0, open: Vec::new(), depth: 0 }
    }

    /// The steps to the last token. A key and a closing bracket belong to their container.
    fn steps(&self) -> impl Iterator<Item = Step> {
        self.open[..self.depth].iter().map(|container| match container {
            Container::Array(index) => Step::Index(*index),
            Container::Object(key) => Step::Key(self.key(key.clone().unwrap_or_default())),
        })
    }

    fn key(&self, place: Range<usize>) -> String {
        let quoted = self.json.get(place).unwrap_or_default();
        serde_json::from_str(quoted).unwrap_or_else(|_| quoted.to_owned())
    }

    fn comma(&mut self) {
        match self.open.last_mut() {
            Some(Container::Array(index)) => *index += 1,
            Some(Container::Object(key)) => *key = None,
            None => {}
        }
    }

    /// Opens a container; the value that it is belongs to the one around it.
    fn open(&mut self, container: Container) {
        self.depth = self.open.len();
        self.open.push(container);
    }

    fn close(&mut self) {
        self.open.pop();
        self.depth = self.open.len();
    }

    /// A value that is no container, or a key.
    fn scalar(&mut self, place: Range<usize>) {
        self.depth = self.open.len();
        if let Some(Container::Object(key @ None)) = self.open.last_mut() {
            *key = Some(place);
            self.depth -= 1;
        }
    }
}

impl Iterator for Walk<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        loop {
            let start = self.at;
            let first = *self.json.as_bytes().get(start)?;
            self.at += 1;
            match first {
                b' ' | b'\t' | b'\r' | b'\n' | b':' => continue,
                b',' => {
                    self.comma();
                    continue;
                }
                b'[' => self.open(Container::Array(0)),
                b'{' => self.open(Container::Object(None)),
                b']' | b'}' => self.close(),
                b'"' => {
                    self.at = end_of_string(self.json, self.at);
                    self.scalar(start..self.at);
                }
                _ => {
                    self.at = end_of_word(self.json, self.at);
                    self.scalar(start..self.at);
                }
            }
            return Some(self.at);
        }
    }
}

/// Behind the closing quote of a string whose opening one is before `at`.
fn end_of_string(json: &str, mut at: usize) -> usize {
    let bytes = json.as_bytes();
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Behind a number, `true`, `false` or `null`.
fn end_of_word(json: &str, at: usize) -> usize {
    let rest = json.as_bytes().get(at..).unwrap_or_default();
    let is_end = |byte: &u8| b" \t\r\n,:[]{}\"".contains(byte);
    at + rest.iter().position(is_end).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    /// Every token of a text, with its path.
    fn tokens(json: &str) -> Vec<(&str, String)> {
        let mut walk = Walk::new(json);
        let mut tokens = Vec::new();
        let mut start = 0;
        while let Some(end) = walk.next() {
            let token = json[start..end].trim_start_matches([' ', ',', ':']);
            tokens.push((token, path::below("x", walk.steps())));
            start = end;
        }
        tokens
    }

    #[test]
    fn each_token_has_the_path_of_the_value_that_it_belongs_to() {
        let expected = [
            ("{", "x"),
            (r#""a""#, "x"),
            ("[", "x.a"),
            ("1", "x.a[0]"),
            ("{", "x.a[1]"),
            ("}", "x.a[1]"),
            ("[", "x.a[2]"),
            (r#""b""#, "x.a[2][0]"),
            ("]", "x.a[2]"),
            ("]", "x.a"),
            (r#""c\"d""#, "x"),
            ("null", r#"x["c\"d"]"#),
            ("}", "x"),
        ];
        let found = tokens(r#"{"a": [1,{} ,["b"]], "c\"d":null}"#);
        let expected: Vec<_> = expected.map(|(token, path)| (token, path.to_owned())).into();
        assert_eq!(found, expected);
    }

    /// Every value inside of another, with its path, the outer ones first.
    fn values(value: &Value, steps: &mut Vec<Step>, found: &mut Vec<String>) {
        found.push(path::below("", steps.iter().cloned()));
        let inner: Vec<(Step, &Value)> = match value {
            Value::Array(items) => {
                items.iter().enumerate().map(|(index, item)| (Step::Index(index), item)).collect()
            }
            Value::Object(fields) => {
                fields.iter().map(|(key, value)| (Step::Key(key.clone()), value)).collect()
            }
            _ => Vec::new(),
        };
        for (step, value) in inner {
            steps.push(step);
            values(value, steps, found);
            steps.pop();
        }
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 64, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::hash_map(any::<String>(), inner, 0..6)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_value_of_any_json_is_found_at_its_path(value in json(), is_pretty: bool) {
            let text = if is_pretty { format!("{value:#}") } else { value.to_string() };
            let mut expected = Vec::new();
            values(&value, &mut Vec::new(), &mut expected);

            let mut walk = Walk::new(&text);
            let mut found = Vec::new();
            let mut start = 0;
            while let Some(end) = walk.next() {
                let token = text[start..end].trim_start_matches([' ', '\n', ',', ':']);
                let is_key = text[end..].trim_start().starts_with(':');
                if !is_key && token != "]" && token != "}" {
                    found.push(path::below("", walk.steps()));
                }
                start = end;
            }
            prop_assert_eq!(found, expected);
            prop_assert!(walk.open.is_empty());
        }

        #[test]
        fn any_text_is_walked_to_its_end(text in r#"[\[\]{}",:\\ a1é]{0,40}"#, offset in 0usize..60) {
            let mut end = 0;
            for next in Walk::new(&text) {
                prop_assert!(next > end && next <= text.len());
                end = next;
            }
            locate(&text, "x", offset, &|_| false);
        }
    }
}
