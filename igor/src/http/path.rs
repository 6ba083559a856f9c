//! Which file the path of a request asks for.
//!
//! A name is taken only if it means the same file on every system that igor runs on, so that no
//! check of it can be right on one and wrong on another.

/// Names that begin so are igor's own: files that are still being written.
pub(super) const OWN: &str = ".igor-";

/// No file system that matters has longer names.
const LONGEST_SEGMENT: usize = 255;

/// A file lies at most so deep.
const MOST_SEGMENTS: usize = 32;

/// What Windows takes for a device in every directory, whatever stands behind a dot.
const DEVICES: [&str; 7] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"];

/// The name of a file below a root, from a path without the slash in front; `None` where there can
/// be none. Each `%41` is read once.
pub(crate) fn file_name(path: &str) -> Option<String> {
    let segments: Option<Vec<_>> = path.split('/').map(decoded).collect();
    let segments = segments?;
    let is_whole = |segment: &String| !segment.contains('/');
    let name = segments.iter().all(is_whole).then(|| segments.join("/"))?;
    is_name(&name).then_some(name)
}

/// Whether this names a file below a root: nothing that climbs, that is igor's own, or that the
/// systems igor runs on read in different ways.
pub(super) fn is_name(name: &str) -> bool {
    name.split('/').count() <= MOST_SEGMENTS && name.split('/').all(is_plain)
}

/// Whether a name is hidden, itself or by a directory on its way.
pub(super) fn is_hidden(name: &str) -> bool {
    name.split('/').any(|segment| segment.trim_start_matches(is_unseen).starts_with('.'))
}

/// A name as it stands in a path.
pub(super) fn encoded(name: &str) -> String {
    let mut path = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                path.push(byte.into());
            }
            _ => path += &format!("%{byte:02X}"),
        }
    }
    path
}

fn is_plain(segment: &str) -> bool {
    !segment.is_empty()
        && segment.len() <= LONGEST_SEGMENT
        && !segment.contains(is_ambiguous)
        // Windows drops these, so that `a.` would be `a`; `.` and `..` are among them.
        && !segment.ends_with(['.', ' '])
        && !is_device(segment)
        && !is_short_alias(segment)
        && !is_own(segment)
}

/// A separator somewhere, a drive or a stream or a wildcard on Windows, nothing that a file is
/// called, or what turns the direction of reading and so shows another ending.
fn is_ambiguous(sign: char) -> bool {
    matches!(sign, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
        || sign.is_control()
        || matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What some file systems leave out when they compare names.
fn is_unseen(sign: char) -> bool {
    matches!(sign, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn is_device(segment: &str) -> bool {
    let stem = segment.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let port = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    let mut number = port.unwrap_or_default().chars();
    let is_port = matches!(number.next(), Some('0'..='9' | '¹' | '²' | '³'));
    DEVICES.contains(&stem.as_str()) || is_port && number.next().is_none()
}

/// A second name that Windows gives to a file, as `GIT~1` to `.git`.
fn is_short_alias(segment: &str) -> bool {
    let stem = segment.split('.').next().unwrap_or_default();
    let Some((start, number)) = stem.rsplit_once('~') else { return false };
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number && !start.is_empty() && stem.chars().count() <= 8
}

fn is_own(segment: &str) -> bool {
    let start = segment.get(..OWN.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(OWN))
}

/// A segment with its `%41` read.
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
            ("index.html", "index.html"),
            ("js/app.js", "js/app.js"),
            ("a%20b.txt", "a b.txt"),
            ("gr%C3%BC%C3%9Fe.txt", "grüße.txt"),
            ("100%25.txt", "100%.txt"),
            ("a..b", "a..b"),
            (".hidden", ".hidden"),
            ("console.txt", "console.txt"),
            ("com10", "com10"),
            ("a-longer-name~1.txt", "a-longer-name~1.txt"),
        ] {
            assert_eq!(file_name(path).as_deref(), Some(name), "{path}");
        }
    }

    #[test]
    fn a_path_that_climbs_or_deceives_names_none() {
        for path in [
            "",
            "*",
            "/",
            "/etc/passwd",
            "a//b",
            "a/",
            "..",
            "../secret",
            "a/../../secret",
            "./a",
            "%2e%2e/secret",
            "%2e%2e%2fsecret",
            "..%2fsecret",
            "a%2fb",
            "..%5csecret",
            "a\\b",
            "%2Fetc/passwd",
            "c:/windows",
            "a:stream",
            "a::$DATA",
            "a.",
            "a%20",
            "a./b",
            "NUL",
            "nul.txt",
            "a/CON",
            "com1.tar.gz",
            "LPT%C2%B9",
            "aux%20.txt",
            "GIT~1",
            "secret~2.txt",
            ".igor-upload-1",
            ".IGOR-x",
            "a%00.html",
            "a%0ab",
            "a%E2%80%AEgnp.exe",
            "%",
            "%4",
            "%zz",
            "%+1",
            "%ff",
        ] {
            assert_eq!(file_name(path), None, "{path}");
        }
        assert_eq!(file_name(&"a".repeat(LONGEST_SEGMENT + 1)), None);
        assert_eq!(file_name(&vec!["a"; MOST_SEGMENTS + 1].join("/")), None);
        assert!(file_name(&vec!["a"; MOST_SEGMENTS].join("/")).is_some());
    }

    #[test]
    fn a_dot_hides_whatever_is_under_it() {
        for name in [".env", "a/.git/config", ".a/b", "\u{200c}.git"] {
            assert!(is_hidden(name), "{name}");
        }
        assert!(!is_hidden("a.b/c.d"));
    }

    proptest! {
        #[test]
        fn no_path_ever_climbs(path in "[./%2eEfF5cC\\\\:a~1 ]{0,24}") {
            if let Some(name) = file_name(&path) {
                let is_plain = |segment: &str| !segment.is_empty() && !segment.ends_with('.');
                prop_assert!(name.split('/').all(is_plain), "{path} names {name}");
                prop_assert!(!name.contains(['\\', ':']));
            }
        }

        #[test]
        fn a_name_is_read_from_its_own_path(name in "\\PC{0,40}") {
            let read = file_name(&encoded(&name));
            prop_assert_eq!(read, is_name(&name).then_some(name));
        }
    }
}
