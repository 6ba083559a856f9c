//! The place of a value inside some data, as a programmer would write it: `rooms[2].name`.

use std::fmt::Write as _;

/// More steps than these are left out of a path, so that a message stays readable.
const MOST_STEPS: usize = 16;

/// A longer key is cut, because it may come from the other end.
const MOST_KEY_CHARACTERS: usize = 40;

/// One step from a value to a value inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// To the value under a key of an object.
    Key(String),
    /// To an item of an array.
    Index(usize),
}

/// A path below `root`, which may be empty.
pub(super) fn below(root: &str, steps: impl IntoIterator<Item = Step>) -> String {
    let mut path = root.to_owned();
    for (count, step) in steps.into_iter().enumerate() {
        if count == MOST_STEPS {
            path.push('…');
            break;
        }
        // Writing to a string cannot fail.
        let _ = match step {
            Step::Index(index) => write!(path, "[{index}]"),
            Step::Key(key) if !is_word(&key) => write!(path, "[{:?}]", cut(&key)),
            Step::Key(key) if path.is_empty() => write!(path, "{}", cut(&key)),
            Step::Key(key) => write!(path, ".{}", cut(&key)),
        };
    }
    path
}

/// A message about the value at a path; where that is empty, of the whole.
pub(super) fn message(path: &str, reason: &str) -> String {
    if path.is_empty() { reason.to_owned() } else { format!("`{path}`: {reason}") }
}

fn is_word(key: &str) -> bool {
    let is_letter = |c: char| c.is_alphabetic() || c == '_' || c == '$';
    key.starts_with(is_letter) && key.chars().all(|c| is_letter(c) || c.is_numeric())
}

fn cut(key: &str) -> String {
    match key.char_indices().nth(MOST_KEY_CHARACTERS) {
        Some((end, _)) => format!("{}…", &key[..end]),
        None => key.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(key: &str) -> Step {
        Step::Key(key.into())
    }

    #[test]
    fn a_path_reads_as_a_programmer_would_write_it() {
        let steps = || [key("rooms"), Step::Index(2), key("name")];
        assert_eq!(below("", steps()), "rooms[2].name");
        assert_eq!(below("house", steps()), "house.rooms[2].name");
        assert_eq!(below("", [Step::Index(0), key("a b"), key("")]), r#"[0]["a b"][""]"#);
    }

    #[test]
    fn a_path_is_never_long() {
        let deep = below("x", (0..1000).map(Step::Index));
        assert!(deep.starts_with("x[0][1]") && deep.ends_with("[15]…"), "{deep}");
        let wide = below("x", [key(&"é".repeat(100_000))]);
        assert_eq!(wide, format!("x.{}…", "é".repeat(40)));
    }

    #[test]
    fn a_message_about_the_whole_names_no_path() {
        assert_eq!(message("", "too long"), "too long");
        assert_eq!(message("a.b", "too long"), "`a.b`: too long");
    }
}
