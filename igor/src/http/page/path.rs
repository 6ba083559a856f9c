//! Which file the path of a request asks for.

/// What a directory shows.
const INDEX: &str = "index.html";

/// The name of a file below the root, or `None` where there can be none: a path that climbs, that
/// names something hidden, or that the systems igor runs on read in different ways.
pub(super) fn file_name(path: &str) -> Option<String> {
    let path = path.strip_prefix('/')?;
    let mut name = String::with_capacity(path.len() + INDEX.len());
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        let segment = if is_last && segment.is_empty() { INDEX } else { segment };
        let segment = decoded(segment)?;
        if segment.is_empty() || segment.starts_with('.') || segment.contains(is_ambiguous) {
            return None;
        }
        if !name.is_empty() {
            name.push('/');
        }
        name.push_str(&segment);
    }
    Some(name)
}

/// A separator somewhere, a drive or a stream on Windows, or nothing that a file is called.
fn is_ambiguous(sign: char) -> bool {
    matches!(sign, '/' | '\\' | ':') || sign.is_control()
}

/// A segment with its `%41` read, once.
fn decoded(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        bytes.push(u8::try_from(digit()? << 4 | digit()?).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_path_names_a_file_below_the_root() {
        for (path, name) in [
            ("/", "index.html"),
            ("/index.html", "index.html"),
            ("/js/app.js", "js/app.js"),
            ("/docs/", "docs/index.html"),
            ("/a%20b.txt", "a b.txt"),
            ("/gr%C3%BC%C3%9Fe.txt", "grüße.txt"),
            ("/100%25.txt", "100%.txt"),
            ("/a..b", "a..b"),
        ] {
            assert_eq!(file_name(path).as_deref(), Some(name), "{path}");
        }
    }

    #[test]
    fn a_path_that_climbs_hides_or_deceives_names_none() {
        for path in [
            "",
            "*",
            "index.html",
            "//",
            "//etc/passwd",
            "/a//b",
            "/..",
            "/../secret",
            "/a/../../secret",
            "/./a",
            "/%2e%2e/secret",
            "/%2e%2e%2fsecret",
            "/..%2fsecret",
            "/a%2fb",
            "/..%5csecret",
            "/a\\b",
            "/%2Fetc/passwd",
            "/c:/windows",
            "/a:stream",
            "/.git/config",
            "/js/.env",
            "/a%00.html",
            "/a%0ab",
            "/%",
            "/%4",
            "/%zz",
            "/%+1",
            "/%ff",
        ] {
            assert_eq!(file_name(path), None, "{path}");
        }
    }

    proptest! {
        #[test]
        fn no_path_ever_climbs(path in "/[./%2eEfF5cC\\\\:a]{0,24}") {
            if let Some(name) = file_name(&path) {
                let is_plain = |segment: &str| !segment.is_empty() && !segment.starts_with('.');
                prop_assert!(name.split('/').all(is_plain), "{path} names {name}");
                prop_assert!(!name.contains(['\\', ':']));
            }
        }
    }
}
