//! How the text of a type is laid out: on one line where it fits, else an object's fields and a
//! union's variants on lines of their own.

use crate::data::tokens::{Token, tokens};
use crate::emit::docs;

/// The longest line, where it is up to us.
const WIDTH: usize = 100;

/// A part of a type.
enum Piece<'a> {
    Plain(&'a str),
    /// The docs of a variant, in front of it.
    Docs(&'a str),
    /// Something in brackets, with the opening one.
    Group(&'a str, Vec<Member<'a>>),
}

/// A field, an element, an argument: what separators stand between.
#[derive(Default)]
struct Member<'a> {
    docs: Option<&'a str>,
    pieces: Vec<Piece<'a>>,
}

/// A type on one line, without its docs.
pub(super) fn line(text: &str) -> String {
    read(text).iter().map(|member| flat(&member.pieces)).collect()
}

/// A declaration as ts-rs writes it, `type Line = { … };`, exported.
pub(super) fn declaration(text: &str) -> String {
    let members = read(text);
    let pieces = members.first().map_or(&[][..], |member| &member.pieces);
    format!("{};\n", named("export ", pieces, "=", 0, 0))
}

fn read(text: &str) -> Vec<Member<'_>> {
    members(&mut tokens(text).into_iter(), "")
}

/// Reads up to what closes this bracket, or to the end.
fn members<'a>(tokens: &mut impl Iterator<Item = Token<'a>>, bracket: &str) -> Vec<Member<'a>> {
    let mut members = Vec::new();
    let mut member = Member::default();
    while let Some(token) = tokens.next() {
        match token {
            Token::Docs(text) if bracket == "{" && member.pieces.is_empty() => {
                member.docs = Some(text);
            }
            Token::Docs(text) => member.pieces.push(Piece::Docs(text)),
            Token::Mark("," | ";") => members.push(finish(std::mem::take(&mut member))),
            Token::Mark(open @ ("{" | "[" | "(" | "<")) => {
                member.pieces.push(Piece::Group(open, self::members(tokens, open)));
            }
            Token::Mark("}" | "]" | ")" | ">") => break,
            Token::Word(text) | Token::Quoted(text) | Token::Mark(text) => {
                member.pieces.push(Piece::Plain(text));
            }
        }
    }
    if !member.pieces.is_empty() {
        members.push(finish(member));
    }
    members
}

/// Writes the key of a field as people do: without quotes where it needs none; and of a map as it
/// is: what it does not hold is `undefined`.
fn finish(mut member: Member<'_>) -> Member<'_> {
    say_null_once(&mut member.pieces);
    match &mut member.pieces[..] {
        [Piece::Plain(key), Piece::Plain(":" | "?"), ..] => *key = unquoted(key),
        [Piece::Group("[", inner), Piece::Plain(":"), ..] if is_key_of_map(inner) => {
            member.pieces.insert(1, Piece::Plain("?"));
        }
        _ => {}
    }
    member
}

/// An `Option` of an `Option` is `null` for either, and ts-rs says so twice.
fn say_null_once(pieces: &mut Vec<Piece<'_>>) {
    let text = |at: usize| match pieces.get(at) {
        Some(Piece::Plain(text)) => *text,
        _ => "",
    };
    let begins = |at: usize| at == 0 || ["|", ":", "="].contains(&text(at - 1));
    let ends = |at: usize| at + 1 == pieces.len() || text(at + 1) == "|";
    let is_null = |at: usize| text(at) == "null" && begins(at) && ends(at);
    let twice: Vec<_> = (2..pieces.len()).filter(|at| is_null(*at) && is_null(at - 2)).collect();
    for at in twice.into_iter().rev() {
        pieces.drain(at - 1..=at);
    }
}

fn unquoted(key: &str) -> &str {
    let Some(inner) = key.strip_prefix('"').and_then(|key| key.strip_suffix('"')) else {
        return key;
    };
    let is_word = inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let is_name = is_word && !inner.is_empty() && !inner.as_bytes()[0].is_ascii_digit();
    if is_name { inner } else { key }
}

/// Whether this is the `key in K` of `{ [key in K]: V }`.
fn is_key_of_map(inner: &[Member<'_>]) -> bool {
    matches!(inner, [Member { pieces, .. }] if matches!(pieces[..], [_, Piece::Plain("in"), ..]))
}

/// What stands behind its name and this sign; where it takes several lines, the name has the first.
fn named(before: &str, pieces: &[Piece<'_>], sign: &str, indent: usize, used: usize) -> String {
    let is_sign = |piece: &Piece<'_>| matches!(piece, Piece::Plain(text) if *text == sign);
    let Some(at) = pieces.iter().position(is_sign) else {
        return before.to_owned() + &fitted(pieces, indent, used);
    };
    let (name, body) = pieces.split_at(at + 1);
    let name = before.to_owned() + &flat(name);
    let body = fitted(body, indent, used + name.len() + 1);
    let space = if body.starts_with('\n') { "" } else { " " };
    format!("{name}{space}{body}")
}

/// On one line, if it fits behind what the line has already; else on several.
fn fitted(pieces: &[Piece<'_>], indent: usize, used: usize) -> String {
    let line = flat(pieces);
    if !has_docs(pieces) && used + line.len() < WIDTH {
        return line;
    }
    let is_or = |piece: &Piece<'_>| matches!(piece, Piece::Plain("|"));
    let variants: Vec<_> = pieces.split(is_or).filter(|variant| !variant.is_empty()).collect();
    if let [[first, ..]] = variants[..]
        && !matches!(first, Piece::Docs(_))
    {
        return broken(pieces, indent, used);
    }
    let pad = " ".repeat(indent + 2);
    let lines = variants.iter().map(|variant| {
        let (docs, variant) = match variant {
            [Piece::Docs(docs), variant @ ..] => (*docs, variant),
            variant => ("", *variant),
        };
        let docs = docs::comment(&docs::text_of(docs), indent + 2);
        let variant = fitted(variant, indent + 4, indent + 4);
        format!("\n{docs}{pad}| {variant}")
    });
    lines.collect()
}

/// On several lines: objects that do not fit have their fields on lines of their own.
fn broken(pieces: &[Piece<'_>], indent: usize, used: usize) -> String {
    let mut text = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        text.push_str(gap(pieces, at));
        let column = text.rfind('\n').map_or(used + text.len(), |line| text.len() - line - 1);
        match piece {
            Piece::Group("{", fields) => text.push_str(&object(fields, indent, column)),
            Piece::Group(open, inner) => {
                let members = inner.iter();
                let inner: Vec<_> = members
                    .map(|member| named("", &member.pieces, ":", indent, column + 1))
                    .collect();
                text += &format!("{open}{}{}", inner.join(", "), closing(open));
            }
            Piece::Plain(word) => text.push_str(word),
            Piece::Docs(_) => {}
        }
    }
    text
}

fn object(fields: &[Member<'_>], indent: usize, column: usize) -> String {
    let line = braced(fields);
    let is_documented = fields.iter().any(|field| field.docs.is_some() || has_docs(&field.pieces));
    if !is_documented && column + line.len() < WIDTH {
        return line;
    }
    let inside = indent + 2;
    let pad = " ".repeat(inside);
    let lines = fields.iter().map(|field| {
        let docs = docs::comment(&docs::text_of(field.docs.unwrap_or_default()), inside);
        format!("{docs}{pad}{};\n", named("", &field.pieces, ":", inside, inside))
    });
    format!("{{\n{}{}}}", lines.collect::<String>(), " ".repeat(indent))
}

fn has_docs(pieces: &[Piece<'_>]) -> bool {
    pieces.iter().any(|piece| match piece {
        Piece::Plain(_) => false,
        Piece::Docs(_) => true,
        Piece::Group(_, members) => {
            members.iter().any(|member| member.docs.is_some() || has_docs(&member.pieces))
        }
    })
}

fn flat(pieces: &[Piece<'_>]) -> String {
    let mut text = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        text.push_str(gap(pieces, at));
        match piece {
            Piece::Plain(word) => text.push_str(word),
            Piece::Docs(_) => {}
            Piece::Group("{", fields) => text.push_str(&braced(fields)),
            Piece::Group(open, inner) => {
                let inner: Vec<_> = inner.iter().map(|member| flat(&member.pieces)).collect();
                text += &format!("{open}{}{}", inner.join(", "), closing(open));
            }
        }
    }
    text
}

fn braced(fields: &[Member<'_>]) -> String {
    let fields: Vec<_> = fields.iter().map(|field| flat(&field.pieces)).collect();
    // `{}` would be a string too, and everything else that is not `null`.
    if fields.is_empty() {
        return "Record<symbol, never>".to_owned();
    }
    format!("{{ {} }}", fields.join("; "))
}

fn closing(open: &str) -> &'static str {
    match open {
        "{" => "}",
        "[" => "]",
        "(" => ")",
        _ => ">",
    }
}

/// What stands between a piece and the one before it.
fn gap(pieces: &[Piece<'_>], at: usize) -> &'static str {
    let is_seen = |piece: &&Piece<'_>| !matches!(piece, Piece::Docs(_));
    let Some(before) = pieces[..at].iter().rfind(is_seen) else { return "" };
    match (before, &pieces[at]) {
        (_, Piece::Docs(_)) => "",
        (_, Piece::Plain(":" | "?")) | (Piece::Plain("?"), _) => "",
        (Piece::Plain("|" | "&" | "=" | "=>" | ":"), _) => " ",
        // An array's `[]`, a type's `<…>`: they belong to what stands before them.
        (_, Piece::Group("[" | "<" | "(", _)) => "",
        _ => " ",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_type_stays_on_its_line() {
        let text = "type Line = { who: string, text: string, };";
        assert_eq!(declaration(text), "export type Line = { who: string; text: string };\n");
        assert_eq!(
            declaration("type Empty = {  };"),
            "export type Empty = Record<symbol, never>;\n"
        );
        assert_eq!(
            declaration("type Page<T> = { items: Array<T>, at: [number, string], };"),
            "export type Page<T> = { items: Array<T>; at: [number, string] };\n"
        );
        assert_eq!(
            line("{ Ok : Array<X>  } | { Err : never[] }"),
            "{ Ok: Array<X> } | { Err: never[] }"
        );
    }

    #[test]
    fn fields_with_docs_stand_on_lines_of_their_own() {
        let text = "type Line = { \n/**\n * Who said it.\n */\nwho: string, text: string, };";
        let expected =
            "export type Line = {\n  /** Who said it. */\n  who: string;\n  text: string;\n};\n";
        assert_eq!(declaration(text), expected);
    }

    #[test]
    fn variants_that_do_not_fit_stand_on_lines_of_their_own() {
        let field = "a_rather_long_name_of_a_field: string, ".repeat(3);
        let text =
            format!("type Sum = \"None\" | {{ \"Some\": {{ {field}}} }} | {{ \"a-b\": 1 }};");
        let field = "        a_rather_long_name_of_a_field: string;\n".repeat(3);
        let expected = format!(
            "export type Sum =\n  | \"None\"\n  | {{\n      Some: {{\n{field}      }};\n    }}\n  | {{ \"a-b\": 1 }};\n"
        );
        assert_eq!(declaration(&text), expected);
    }

    #[test]
    fn variants_with_docs_stand_below_them() {
        let docs = |text: &str| format!("/**\n * {text}\n */\n");
        let [one, two] = [docs("One."), docs("Two.")];
        let text = format!("type Sum = {one}\"A\" | {two}{{ \"B\": X }} | \"C\";");
        let expected = "export type Sum =\n  /** One. */\n  | \"A\"\n  /** Two. */\n  \
                        | { B: X }\n  | \"C\";\n";
        assert_eq!(declaration(&text), expected);
        let text = format!("type Only = {one}{{ \"A\": X }};");
        assert_eq!(declaration(&text), "export type Only =\n  /** One. */\n  | { A: X };\n");
        assert_eq!(line(&format!("{{ a: X, }} & ({one}\"A\" | {two}B)")), "{ a: X } & (\"A\" | B)");
    }

    #[test]
    fn a_field_has_its_name_on_the_first_of_several_lines() {
        let long = "\"a_rather_long_word\" | ".repeat(5);
        let text = format!("type Line = {{ a: string, choice?: {long}null, }};");
        let long = "    | \"a_rather_long_word\"\n".repeat(5);
        let expected =
            format!("export type Line = {{\n  a: string;\n  choice?:\n{long}    | null;\n}};\n");
        assert_eq!(declaration(&text), expected);
    }

    #[test]
    fn what_a_map_does_not_hold_is_undefined() {
        assert_eq!(line("{ [key in string]: number }"), "{ [key in string]?: number }");
        assert_eq!(line("{ [key in Kind]?: number }"), "{ [key in Kind]?: number }");
    }

    #[test]
    fn null_is_said_once() {
        assert_eq!(line("X | null | null | null"), "X | null");
        assert_eq!(
            line("{ a?: Array<X | null | null> | null, }"),
            "{ a?: Array<X | null> | null }"
        );
        assert_eq!(declaration("type One = null | null;"), "export type One = null;\n");
        assert_eq!(line("X & null | null | Y"), "X & null | null | Y");
    }

    #[test]
    fn functions_and_intersections_keep_their_meaning() {
        assert_eq!(line("{ a: X, }&(Y|Z)"), "{ a: X } & (Y | Z)");
        assert_eq!(line("(a: number,b?: X)=>Y[]"), "(a: number, b?: X) => Y[]");
    }
}
