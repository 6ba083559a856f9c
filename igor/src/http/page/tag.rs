//! Entity tags: whether the browser has a file already.

use std::hash::{DefaultHasher, Hasher as _};
use std::time::{SystemTime, UNIX_EPOCH};

use hyper::header::{HeaderMap, HeaderValue, IF_NONE_MATCH};

/// The tag of a file that is in memory: other bytes, another tag.
pub(super) fn of_bytes(bytes: &[u8]) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    quoted(format!("\"{:x}-{:016x}\"", bytes.len(), hasher.finish()))
}

/// The tag of a file on a disk, which is not read for it: another length or time, another tag.
pub(super) fn of_file(length: u64, modified: SystemTime) -> HeaderValue {
    let since = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
    // A clock may be coarser than two changes are apart; a weak tag says that.
    quoted(format!("W/\"{length:x}-{:x}\"", since.as_nanos()))
}

/// Whether the request says that the browser has what this tag stands for.
pub(super) fn is_known(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let Some(tag) = tag.to_str().ok().map(opaque) else { return false };
    let lines = headers.get_all(IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    let mut known = lines.flat_map(|line| line.split(',')).map(str::trim);
    known.any(|known| known == "*" || opaque(known) == tag)
}

/// A tag without what says that it is weak: whether it was sent is compared weakly.
fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

fn quoted(tag: String) -> HeaderValue {
    // Quotes, dashes and digits always are a header.
    HeaderValue::try_from(tag).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_change_is_another_tag() {
        assert_ne!(of_bytes(b"one"), of_bytes(b"two"));
        assert_eq!(of_bytes(b"one"), of_bytes(b"one"));
        let later = UNIX_EPOCH + Duration::from_nanos(1);
        assert_ne!(of_file(1, UNIX_EPOCH), of_file(1, later));
        assert_ne!(of_file(1, UNIX_EPOCH), of_file(2, UNIX_EPOCH));
    }

    #[test]
    fn a_browser_may_know_several() {
        let known = |line: &'static str| {
            let headers = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static(line))]);
            is_known(&headers, &HeaderValue::from_static("\"b\""))
        };
        assert!(known("\"b\"") && known("W/\"b\"") && known("\"a\", \"b\"") && known("*"));
        assert!(!known("\"a\"") && !known("b") && !known(""));
    }
}
