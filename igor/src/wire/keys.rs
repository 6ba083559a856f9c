//! The keys of objects that begin with `$`, which a binary frame keeps for itself.

use crate::wire::scan::string_end;

/// Finds every key in a text that is JSON, and writes another in its place where `change` gives
/// one; `None` where it never does. Keys are looked at as they stand there, between their quotes,
/// escapes and all: who writes JSON has no reason to escape a `$`.
///
/// # Errors
///
/// What `change` objects to.
pub(super) fn change<'a, E>(
    json: &'a str,
    mut change: impl FnMut(&'a str, &'a str) -> Result<Option<String>, E>,
) -> Result<Option<String>, E> {
    let mut changed = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(open) = json[at..].find('"').map(|quote| at + quote + 1) {
        let Some(close) = string_end(json, open) else { break };
        at = close + 1;
        let rest = json[at..].trim_start_matches([' ', '\t', '\r', '\n']);
        let Some(value) = rest.strip_prefix(':') else { continue };
        if let Some(other) = change(&json[open..close], value.trim_start())? {
            changed.push_str(&json[copied..open]);
            changed.push_str(&other);
            copied = close;
        }
    }
    if copied == 0 {
        return Ok(None);
    }
    changed.push_str(&json[copied..]);
    Ok(Some(changed))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn with_one_more(json: &str) -> Option<String> {
        let escaped =
            change(json, |key, _| Ok::<_, ()>(key.starts_with('$').then(|| format!("${key}"))));
        escaped.expect("no objection")
    }

    #[test]
    fn keys_are_told_from_strings() {
        let json = r#"{"$a" : ["$b","\"$c\":1"], "d":{"$e":"\\"}, "f\"$":"$:"}"#;
        let expected = r#"{"$$a" : ["$b","\"$c\":1"], "d":{"$$e":"\\"}, "f\"$":"$:"}"#;
        assert_eq!(with_one_more(json).as_deref(), Some(expected));
        assert_eq!(with_one_more(r#"{"a":"$b"}"#), None);
    }

    #[test]
    fn the_value_of_a_key_stands_behind_it() {
        let mut seen = Vec::new();
        let looked = change(r#"{"a":1,"b" : "x"}"#, |key, value| {
            seen.push((key, value));
            Ok::<_, ()>(None)
        });
        assert_eq!(looked, Ok(None));
        assert_eq!(seen, [("a", r#"1,"b" : "x"}"#), ("b", r#""x"}"#)]);
    }

    proptest! {
        #[test]
        fn any_text_is_walked_to_its_end(text in r#"[\[\]{}",:\\ $a1é]{0,40}"#) {
            let _ = with_one_more(&text);
        }
    }
}
