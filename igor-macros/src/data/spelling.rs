//! How names and docs are written into TypeScript, where ts-rs copies them as they are.

/// A name between the quotes of a TypeScript string, or alone where it is an identifier.
///
/// ts-rs puts quotes around a name that is not plain letters, digits, `_` and `$`, and escapes
/// nothing; so everything that could end the string or mean something else is escaped here.
pub(super) fn name(name: &str) -> String {
    if is_identifier(name) {
        return name.to_owned();
    }
    escaped(name)
}

/// The name of a variant and its docs behind it, as `documented` in the runtime takes them apart.
pub(super) fn documented(name: &str, docs: &str) -> String {
    if docs.is_empty() { name.to_owned() } else { format!("{name}\\*{}", escaped(docs)) }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for unit in text.encode_utf16() {
        match char::from_u32(unit.into()) {
            Some(plain) if is_plain(plain) => escaped.push(plain),
            _ => escaped.push_str(&format!("\\u{unit:04x}")),
        }
    }
    escaped
}

/// Whether TypeScript can use it as the name of a type.
pub(super) fn is_identifier(name: &str) -> bool {
    // Rust's rule for identifiers is that of Unicode, and so is TypeScript's.
    !name.starts_with("r#") && syn::parse_str::<Identifier>(name).is_ok()
}

struct Identifier;

impl syn::parse::Parse for Identifier {
    fn parse(input: syn::parse::ParseStream<'_>) -> syn::Result<Self> {
        use syn::ext::IdentExt as _;
        syn::Ident::parse_any(input).map(|_| Identifier)
    }
}

/// Whether a character stands for itself in a TypeScript string, and in what ts-rs makes of it:
/// it looks for braces and `&` in its own output.
fn is_plain(letter: char) -> bool {
    (letter.is_ascii_graphic() || letter == ' ') && !matches!(letter, '"' | '\\' | '{' | '}' | '&')
}

/// A doc as it can stand in a TypeScript comment.
pub(super) fn doc(text: &str) -> String {
    text.replace("*/", "*\\/")
}

#[cfg(test)]
mod tests {
    use super::{is_identifier, name};

    #[test]
    fn identifiers_stay_as_they_are() {
        for plain in ["room", "room_name", "type", "größe", "_", "x1"] {
            assert_eq!(name(plain), plain);
        }
    }

    #[test]
    fn nothing_ends_the_string_that_a_name_stands_in() {
        assert_eq!(name("kind-of"), "kind-of");
        assert_eq!(name("a\"b\\c"), "a\\u0022b\\u005cc");
        assert_eq!(name("a } & { b"), "a \\u007d \\u0026 \\u007b b");
        assert_eq!(name("naïve idea"), "na\\u00efve idea");
        assert_eq!(name("👍"), "\\ud83d\\udc4d");
    }

    #[test]
    fn raw_names_and_empty_ones_are_no_identifiers() {
        assert!(!is_identifier("r#type"));
        assert!(!is_identifier(""));
        assert!(!is_identifier("a-b"));
        assert!(!is_identifier("two words"));
    }
}
