//! Entity tags: by which a browser and a server know that they mean the same content.

use std::hash::{DefaultHasher, Hasher as _};
use std::time::{SystemTime, UNIX_EPOCH};

use cap_std::fs::Metadata;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};

/// A strong entity tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag(String);

impl Tag {
    /// The tag of what is in memory: other bytes, another tag.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Self {
        let mut hasher = DefaultHasher::new();
        hasher.write(bytes);
        Tag(format!("\"{:x}-{:016x}\"", bytes.len(), hasher.finish()))
    }

    /// The tag of a file, which is not read for it: another length, time or file, another tag.
    pub(crate) fn of_file(metadata: &Metadata, modified: SystemTime) -> Self {
        let since = modified.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        Tag(format!("\"{:x}-{:x}-{since:x}\"", file_id(metadata), metadata.len()))
    }

    pub(crate) fn header(&self) -> HeaderValue {
        // Quotes, dashes and digits always are a header.
        HeaderValue::try_from(&self.0).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
    }

    /// Whether a header lists it, or says `*`; its weak form counts too.
    pub(super) fn is_listed(&self, headers: &HeaderMap, name: &HeaderName) -> bool {
        listed(headers, name).any(|tag| tag == "*" || tag.trim_start_matches("W/") == self.0)
    }

    /// Whether a header lists it, or says `*`; its weak form does not count.
    pub(super) fn is_listed_strongly(&self, headers: &HeaderMap, name: &HeaderName) -> bool {
        listed(headers, name).any(|tag| tag == "*" || tag == self.0)
    }

    /// Whether this is it, and not its weak form.
    pub(super) fn is(&self, tag: &str) -> bool {
        self.0 == tag
    }
}

/// The tags of a header, in one line or in several. Igor's own tags have no comma in them, so a
/// foreign one that is split at its commas never matches one of them.
fn listed<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

/// What tells a file from another of the same length and time: one that took its place.
#[cfg(unix)]
fn file_id(metadata: &Metadata) -> u64 {
    cap_std::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn file_id(_: &Metadata) -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use hyper::header::IF_NONE_MATCH;

    use super::*;

    #[test]
    fn other_bytes_have_another_tag() {
        assert_ne!(Tag::of_bytes(b"one"), Tag::of_bytes(b"two"));
        assert_eq!(Tag::of_bytes(b"one"), Tag::of_bytes(b"one"));
    }

    #[test]
    fn a_browser_may_know_several() {
        let listed = |line: &'static str| {
            let headers = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static(line))]);
            let tag = Tag("\"b\"".into());
            let weakly = tag.is_listed(&headers, &IF_NONE_MATCH);
            (weakly, tag.is_listed_strongly(&headers, &IF_NONE_MATCH))
        };
        for line in ["\"b\"", "\"a\", \"b\"", "\"b\",\"c\"", "*"] {
            assert_eq!(listed(line), (true, true), "{line}");
        }
        for line in ["W/\"b\"", "\"a\" , W/\"b\""] {
            assert_eq!(listed(line), (true, false), "{line}");
        }
        for line in ["", "\"a\"", "b", "\"a,b\"", "\"B\""] {
            assert_eq!(listed(line), (false, false), "{line}");
        }
    }
}
