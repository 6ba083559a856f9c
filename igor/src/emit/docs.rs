//! Documentation, from Rust to TypeScript.

/// The docs as a comment in front of something at this indentation, with a line break behind it;
/// nothing where there are none.
pub(super) fn comment(docs: &str, indent: usize) -> String {
    let docs = docs.replace("*/", "*\\/");
    let lines: Vec<_> = docs.trim_end().lines().map(str::trim_end).collect();
    // Rust keeps the space between `///` and the text.
    let is_spaced = lines.iter().all(|line| line.is_empty() || line.starts_with(' '));
    let lines =
        lines.into_iter().map(|line| if is_spaced { line.get(1..).unwrap_or("") } else { line });
    let lines: Vec<_> = lines.skip_while(|line| line.is_empty()).collect();

    let pad = " ".repeat(indent);
    match lines[..] {
        [] => String::new(),
        [line] => format!("{pad}/** {line} */\n"),
        _ => {
            let body = lines.iter().map(|line| match *line {
                "" => format!("{pad} *\n"),
                line => format!("{pad} * {line}\n"),
            });
            format!("{pad}/**\n{}{pad} */\n", body.collect::<String>())
        }
    }
}

/// The text of a comment, as ts-rs hands it over.
pub(super) fn text_of(comment: &str) -> String {
    let inner = comment.trim();
    let inner = inner.strip_prefix("/**").or(inner.strip_prefix("/*")).unwrap_or(inner);
    let inner = inner.strip_suffix("*/").unwrap_or(inner);
    let mut lines = inner.lines();
    let first = lines.next().unwrap_or_default();
    let rest: Vec<_> = lines.map(str::trim_start).collect();
    // A comment that was written as one in Rust may have no stars.
    if !rest.iter().all(|line| line.is_empty() || line.starts_with('*')) {
        return inner.to_owned();
    }
    let rest = rest.into_iter().map(|line| line.strip_prefix('*').unwrap_or(line));
    std::iter::once(first).chain(rest).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_stays_one_line() {
        assert_eq!(comment(" Says a line.", 2), "  /** Says a line. */\n");
        assert_eq!(comment("", 2), "");
        assert_eq!(comment(" \n", 2), "");
    }

    #[test]
    fn several_lines_keep_their_own_indentation() {
        let expected = "/**\n * One.\n *\n *   two\n */\n";
        assert_eq!(comment(" One.\n\n   two\n", 0), expected);
        assert_eq!(comment("One.\n\n  two", 0), expected);
    }

    #[test]
    fn docs_cannot_end_their_comment() {
        assert_eq!(comment(" a */ b", 0), "/** a *\\/ b */\n");
    }

    #[test]
    fn what_ts_rs_wrote_is_read_back() {
        assert_eq!(text_of("/**\n * One.\n *\n * * two\n */\n"), "\n One.\n\n * two\n");
        assert_eq!(text_of("/** One.\n two */\n"), " One.\n two ");
    }
}
