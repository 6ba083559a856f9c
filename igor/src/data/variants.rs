//! The docs of an enum's variants, in TypeScript.
//!
//! ts-rs writes docs of types and fields alone. Those of a variant come to it as a part of the
//! variant's name, behind a sign that no name can have, and are taken out again here.

use crate::data::tokens::{Token, tokens};

/// What stands in a string between the name of a variant and its docs: an escape that no name has.
const SIGN: &str = r"\*";

/// The union of an enum's variants, with the docs of each in front of it.
pub fn documented(union: String) -> String {
    if !union.contains(SIGN) {
        return union;
    }
    let mut text = Documented::default();
    for token in tokens(&union) {
        text.add(token);
    }
    text.parts.concat()
}

#[derive(Default)]
struct Documented {
    parts: Vec<String>,
    /// The bracket that was opened last, and those around it, each with the place where the variant
    /// begins that it stands in.
    around: Vec<(String, usize)>,
    /// Where the variant begins that is being written.
    start: usize,
}

impl Documented {
    fn add(&mut self, token: Token<'_>) {
        let named = match token {
            Token::Quoted(text) => text.split_once(SIGN),
            _ => None,
        };
        if let Some((name, docs)) = named {
            self.parts.push(format!("{name}\" "));
            return self.document(docs.trim_end_matches('"'));
        }
        let behind = if matches!(token, Token::Docs(_)) { '\n' } else { ' ' };
        self.parts.push(format!("{}{behind}", token.text()));
        match token.text() {
            "{" | "[" | "(" | "<" => {
                self.around.push((token.text().to_owned(), self.start));
                self.start = self.parts.len();
            }
            "}" | "]" | ")" | ">" => {
                if let Some((_, start)) = self.around.pop() {
                    self.start = start;
                }
            }
            "|" | "=" => self.start = self.parts.len(),
            _ => {}
        }
    }

    /// Puts docs in front of the variant whose name was just written: around it, where it is that
    /// of a key or the value of a tag.
    fn document(&mut self, docs: &str) {
        let start = match self.around.last_mut() {
            Some((bracket, start)) if bracket == "{" => start,
            _ => &mut self.start,
        };
        let docs: String = serde_json::from_str(&format!("\"{docs}\"")).unwrap_or_default();
        let lines: String = docs.lines().map(|line| format!(" *{line}\n")).collect();
        self.parts.insert(*start, format!("/**\n{lines} */\n"));
    }
}

#[cfg(test)]
mod tests {
    use super::documented;
    use crate::data::tokens::canonical;

    #[test]
    fn docs_stand_in_front_of_the_variant_that_they_belong_to() {
        let docs = "/**\n * One.\n */\n";
        let union = |text: &str| documented(text.replace('§', r"\* One."));
        assert_eq!(union("type X = \"A§\" | \"B\";"), format!("type X = {docs}\"A\" | \"B\" ; "));
        assert_eq!(
            union("{ \"A\": X } | { \"B§\": { b: Y, } }"),
            format!("{{ \"A\" : X }} | {docs}{{ \"B\" : {{ b : Y , }} }} ")
        );
        assert_eq!(
            union("({ \"t\": \"A§\", a: X<Y>, } | { \"t\": \"B§\" } & Z)"),
            format!(
                "( {docs}{{ \"t\" : \"A\" , a : X < Y > , }} | {docs}{{ \"t\" : \"B\" }} & Z ) "
            )
        );
    }

    #[test]
    fn nothing_but_the_docs_changes() {
        let plain = "type X<T> = { \"a\": Array<T> } | \"b\";";
        assert_eq!(documented(plain.to_owned()), plain);
        let union = r#"type X<T> = { "a\*\u000a * \u0022x\u0022.\u000a": Array<T> } | "b";"#;
        let documented = documented(union.to_owned());
        assert_eq!(canonical(&documented), canonical(plain));
        assert!(documented.contains("/**\n *\n * * \"x\".\n */\n{"), "{documented}");
    }
}
