//! The text of a TypeScript type, as tokens.
//!
//! No more than is needed to compare types and to lay them out: every text has tokens, whether it
//! is good TypeScript or not, and whoever compiles it says so.

/// A part of a type's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// A name, a keyword or a number.
    Word(&'a str),
    /// A string or a template, with its quotes.
    Quoted(&'a str),
    /// A comment, with its marks.
    Docs(&'a str),
    /// A bracket, a separator or an operator: one character, or `=>`.
    Mark(&'a str),
}

impl<'a> Token<'a> {
    /// The token as it was written.
    pub(crate) fn text(self) -> &'a str {
        match self {
            Token::Word(text) | Token::Quoted(text) | Token::Docs(text) | Token::Mark(text) => text,
        }
    }
}

/// Splits a text into its tokens.
pub(crate) fn tokens<'a>(text: &'a str) -> Vec<Token<'a>> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (length, token): (usize, fn(&'a str) -> Token<'a>) = match first {
            '"' | '\'' | '`' => (quoted_length(rest, first), Token::Quoted),
            '/' if rest.starts_with("/*") => (docs_length(rest), Token::Docs),
            _ if is_word(first) => (rest.find(|c| !is_word(c)).unwrap_or(rest.len()), Token::Word),
            '=' if rest.starts_with("=>") => (2, Token::Mark),
            _ => (first.len_utf8(), Token::Mark),
        };
        let (text, behind) = rest.split_at(length);
        found.push(token(text));
        rest = behind.trim_start();
    }
    found
}

/// The text on one line with one space between tokens, without comments: the same for two types
/// exactly when they mean the same.
pub(crate) fn canonical(text: &str) -> String {
    let tokens = tokens(text).into_iter().filter(|token| !matches!(token, Token::Docs(_)));
    tokens.map(Token::text).collect::<Vec<_>>().join(" ")
}

/// The names of types that a text may refer to, in order: its words, but for the keys of objects.
pub(crate) fn names(text: &str) -> Vec<&str> {
    let tokens = tokens(text);
    let is_key = |at: usize| match tokens.get(at + 1).map(|token| token.text()) {
        Some(":") => true,
        Some("?") => tokens.get(at + 2) == Some(&Token::Mark(":")),
        _ => false,
    };
    let words = tokens.iter().enumerate().filter_map(|(at, token)| match token {
        Token::Word(word) if !is_key(at) => Some(*word),
        _ => None,
    });
    words.collect()
}

/// Whether a character may stand in a word; numbers with a sign or a point are words too.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '-' | '.')
}

fn quoted_length(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a comment as ts-rs writes it, where the docs may themselves have `*/` in a line:
/// its end is followed by a line break and, where the start is, alone on its line.
fn docs_length(text: &str) -> usize {
    let starts_alone = text.starts_with("/**\n");
    let mut from = 2;
    while let Some(found) = text[from..].find("*/") {
        let end = from + found + 2;
        let line = text[..end - 2].rsplit('\n').next().unwrap_or_default();
        if text[end..].starts_with('\n') && (!starts_alone || line.trim().is_empty()) {
            return end;
        }
        from = end;
    }
    text[2..].find("*/").map_or(text.len(), |found| found + 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_split_into_words_strings_and_marks() {
        let text = "{ \"a\\\"b\": Array<X>, f?: (n: -1.5) => `t`, }";
        let found: Vec<_> = tokens(text).into_iter().map(Token::text).collect();
        let expected = "{ \"a\\\"b\" : Array < X > , f ? : ( n : -1.5 ) => `t` , }";
        assert_eq!(found.join(" "), expected);
    }

    #[test]
    fn the_end_of_a_comment_is_not_taken_from_its_text() {
        let text = "{ \n/**\n * Matches `src/*/mod.rs`, and */\n * more.\n */\na: X, }";
        assert_eq!(canonical(text), "{ a : X , }");
        assert_eq!(canonical("{ /** Not src/*/x. */\na: X }"), "{ a : X }");
        assert_eq!(canonical("{ /* one */ a: X }"), "{ a : X }");
    }

    #[test]
    fn what_never_ends_goes_to_the_end() {
        assert_eq!(tokens("\"a"), [Token::Quoted("\"a")]);
        assert_eq!(tokens("/** a"), [Token::Docs("/** a")]);
    }

    #[test]
    fn keys_are_not_names_of_types() {
        let text = "{ Line: Line, Page?: { [key in Kind]?: \"Word\" } }";
        assert_eq!(names(text), ["Line", "key", "in", "Kind"]);
    }
}
