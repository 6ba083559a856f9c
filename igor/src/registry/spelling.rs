//! How names of Rust are written in TypeScript.

/// How TypeScript writes a name of Rust: `say_it` is `sayIt`. Underscores at either end stay.
pub(crate) fn camel_case(name: &str) -> String {
    let word = name.trim_start_matches('_');
    let (front, word) = name.split_at(name.len() - word.len());
    let word = word.trim_end_matches('_');
    let back = &name[front.len() + word.len()..];

    let mut camel = front.to_owned();
    let mut is_start = false;
    for c in word.chars() {
        match c {
            '_' => is_start = true,
            _ if is_start => {
                camel.extend(c.to_uppercase());
                is_start = false;
            }
            _ => camel.push(c),
        }
    }
    camel + back
}

/// The path at which a client has the action of this name: `chat.say_it` is `chat`, `sayIt`.
pub(crate) fn path_of(action: &str) -> Vec<String> {
    action.split('.').map(camel_case).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn camel_case_keeps_what_stands_at_the_ends() {
        for (rust, camel) in [
            ("say", "say"),
            ("say_it", "sayIt"),
            ("_say__it_", "_sayIt_"),
            ("x_1", "x1"),
            ("__proto__", "__proto__"),
            ("_", "_"),
            ("", ""),
        ] {
            assert_eq!(camel_case(rust), camel);
        }
    }
}
