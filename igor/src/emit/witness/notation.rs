//! The shape of what is written in TypeScript.

use serde_json::Value;

use crate::data::tokens::{Token, canonical, tokens};
use crate::emit::witness::shape::{Field, Object, Shape};

/// Reads a type.
///
/// # Errors
///
/// What it has that no JSON value can be compared with.
pub(super) fn read(text: &str) -> Result<Shape, String> {
    let mut reader = Reader { tokens: tokens(text), at: 0 };
    let shape = reader.choice()?;
    match reader.peek() {
        None => Ok(shape),
        Some(token) => Err(format!("`{}` in `{}`", token.text(), canonical(text))),
    }
}

struct Reader<'a> {
    tokens: Vec<Token<'a>>,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&mut self) -> Option<Token<'a>> {
        while let Some(Token::Docs(_)) = self.tokens.get(self.at) {
            self.at += 1;
        }
        self.tokens.get(self.at).copied()
    }

    fn next(&mut self) -> Option<Token<'a>> {
        let next = self.peek();
        self.at += 1;
        next
    }

    fn takes(&mut self, text: &str) -> bool {
        let is_next = self.peek().is_some_and(|token| token.text() == text);
        self.at += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, text: &str) -> Result<(), String> {
        if self.takes(text) {
            return Ok(());
        }
        let found = self.peek().map_or("the end", Token::text);
        Err(format!("`{found}` where `{text}` is expected"))
    }

    fn choice(&mut self) -> Result<Shape, String> {
        self.takes("|");
        let mut shapes = vec![self.intersection()?];
        while self.takes("|") {
            shapes.push(self.intersection()?);
        }
        Ok(if shapes.len() == 1 { shapes.remove(0) } else { Shape::OneOf(shapes) })
    }

    fn intersection(&mut self) -> Result<Shape, String> {
        let mut shapes = vec![self.suffixed()?];
        while self.takes("&") {
            shapes.push(self.suffixed()?);
        }
        Ok(if shapes.len() == 1 { shapes.remove(0) } else { Shape::AllOf(shapes) })
    }

    fn suffixed(&mut self) -> Result<Shape, String> {
        let mut shape = self.single()?;
        while self.takes("[") {
            self.expect("]")?;
            shape = Shape::list(shape);
        }
        Ok(shape)
    }

    fn single(&mut self) -> Result<Shape, String> {
        match self.next() {
            Some(Token::Mark("(")) => {
                let shape = self.choice()?;
                self.expect(")").map(|()| shape)
            }
            Some(Token::Mark("[")) => self.list_to("]").map(Shape::Tuple),
            Some(Token::Mark("{")) => self.object(),
            Some(Token::Quoted(text)) => literal(text).map(Shape::Exactly),
            Some(Token::Word(word)) => self.word(word),
            other => Err(format!("`{}`", other.map_or("the end", Token::text))),
        }
    }

    fn list_to(&mut self, end: &str) -> Result<Vec<Shape>, String> {
        let mut shapes = Vec::new();
        while !self.takes(end) {
            shapes.push(self.choice()?);
            if !self.takes(",") {
                self.expect(end)?;
                break;
            }
        }
        Ok(shapes)
    }

    fn object(&mut self) -> Result<Shape, String> {
        let mut object = Object::default();
        while !self.takes("}") {
            if self.takes("[") {
                object.rest = Some(Box::new(self.map()?));
                object.is_map = true;
            } else {
                let key = match self.next() {
                    Some(Token::Word(word)) => word.to_owned(),
                    Some(Token::Quoted(text)) => {
                        literal(text)?.as_str().unwrap_or_default().to_owned()
                    }
                    other => return Err(format!("`{}`", other.map_or("the end", Token::text))),
                };
                let is_required = !self.takes("?");
                self.expect(":")?;
                object.fields.insert(key, Field { shape: self.choice()?, is_required });
            }
            if !self.takes(",") && !self.takes(";") {
                self.expect("}")?;
                break;
            }
        }
        Ok(Shape::Object(object))
    }

    /// The rest of `[key in K]?: V`.
    fn map(&mut self) -> Result<Shape, String> {
        self.next();
        if !self.takes("in") {
            self.expect(":")?;
        }
        if self.takes("boolean") {
            return Err("`boolean` as the key of a map, which is a string on the wire".to_owned());
        }
        self.choice()?;
        self.expect("]")?;
        self.takes("?");
        self.expect(":")?;
        self.choice()
    }

    fn word(&mut self, word: &'a str) -> Result<Shape, String> {
        let start = self.at - 1;
        let parameters = if self.takes("<") { self.list_to(">")? } else { Vec::new() };
        Ok(match (word, &parameters[..]) {
            ("number", []) => Shape::NUMBER,
            ("string", []) => Shape::TEXT,
            ("boolean", []) => Shape::boolean(),
            ("null", []) => Shape::null(),
            ("unknown" | "any", []) => Shape::Any,
            ("never", []) => Shape::NEVER,
            ("Uint8Array", []) => Shape::Signed("$bin"),
            ("bigint", []) => Shape::Signed("$big"),
            ("Date", []) => Shape::Signed("$date"),
            ("true", []) => Shape::Exactly(true.into()),
            ("false", []) => Shape::Exactly(false.into()),
            ("Array" | "ReadonlyArray", [item]) => Shape::list(item.clone()),
            // The empty object: nothing of JSON has a symbol for a key.
            ("Record", [Shape::Reference(key), _]) if key == "symbol" => {
                Shape::Object(Object::default())
            }
            ("Record", [_, value]) => Shape::map(value.clone()),
            _ if is_number(word) => {
                serde_json::from_str(word).map(Shape::Exactly).map_err(|_| format!("`{word}`"))?
            }
            _ => {
                let texts: Vec<_> =
                    self.tokens[start..self.at].iter().map(|it| it.text()).collect();
                Shape::Reference(canonical(&texts.join(" ")))
            }
        })
    }
}

fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit() || c == '-')
}

fn literal(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|_| format!("`{text}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ts_rs_writes_is_read() {
        let text =
            "{ a: Array<X<Y>>, \"b-c\"?: [number, null] | \"t\", } & ({ [key in K]?: boolean })";
        let Ok(Shape::AllOf(parts)) = read(text) else { panic!("no intersection") };
        let [Shape::Object(object), Shape::Object(map)] = &parts[..] else { panic!("{parts:?}") };
        let reference = Shape::Reference("X < Y >".to_owned());
        assert_eq!(object.fields["a"].shape, Shape::list(reference));
        assert!(!object.fields["b-c"].is_required);
        let pair = Shape::Tuple(vec![Shape::NUMBER, Shape::null()]);
        assert_eq!(
            object.fields["b-c"].shape,
            Shape::OneOf(vec![pair, Shape::Exactly("t".into())])
        );
        assert_eq!(Shape::Object(map.clone()), Shape::map(Shape::boolean()));
        assert_eq!(read("never[]"), Ok(Shape::list(Shape::NEVER)));
        assert_eq!(read("Record<symbol, never>"), Ok(Shape::Object(Object::default())));
        assert_eq!(read("-1"), Ok(Shape::Exactly((-1).into())));
    }

    #[test]
    fn what_cannot_be_compared_is_named() {
        let refused = |text: &str| read(text).expect_err(text);
        let key = "`boolean` as the key of a map, which is a string on the wire";
        assert_eq!(refused("{ [key in boolean]: X }"), key);
        assert_eq!(refused("(a: number) => X"), "`:` where `)` is expected");
        assert_eq!(refused("`a${string}`"), "``a${string}``");
        assert_eq!(refused("a b"), "`b` in `a b`");
        assert_eq!(refused("{ a: "), "`the end`");
    }
}
