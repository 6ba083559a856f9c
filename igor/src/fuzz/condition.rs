//! The conditions of a request.

use std::time::{Duration, UNIX_EPOCH};

use hyper::header::{
    HeaderMap, HeaderName, HeaderValue, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE,
    IF_UNMODIFIED_SINCE,
};

use crate::http::{Tag, Validators, Verdict, may_change};

/// Each line is one, told by its first sign.
const NAMES: [HeaderName; 5] =
    [IF_MATCH, IF_NONE_MATCH, IF_MODIFIED_SINCE, IF_UNMODIFIED_SINCE, IF_RANGE];

/// Reads lines as conditional headers, in which `@` stands for the tag of what is there: for a
/// content that was changed in November 1994.
///
/// # Panics
///
/// When the verdicts for reading and for changing contradict each other or the headers.
pub fn condition(bytes: &[u8]) {
    let tag = Tag::of_bytes(b"what is there");
    let own = tag.header();
    let mut headers = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        let Some((name, value)) = line.split_first() else { continue };
        let parts: Vec<&[u8]> = value.split(|byte| *byte == b'@').collect();
        let Ok(value) = HeaderValue::from_bytes(&parts.join(own.as_bytes())) else { continue };
        headers.append(NAMES[usize::from(*name) % NAMES.len()].clone(), value);
    }
    let modified = UNIX_EPOCH + Duration::from_millis(784_111_777_007);
    let current = Validators::new(tag, Some(modified));
    let verdict = current.read_by(&headers);
    let is_changed = may_change(&headers, Some(&current));
    let has = |name: &HeaderName| headers.contains_key(name);

    assert_eq!(may_change(&headers, None), !has(&IF_MATCH), "{headers:?}");
    // Who may change it means what is there: for reading, too, no condition has failed.
    assert!(!is_changed || verdict != Verdict::Failed, "{headers:?}");
    // A list of tags decides alone, whatever the dates are.
    let mut without_dates = headers.clone();
    if has(&IF_MATCH) && has(&IF_NONE_MATCH) {
        without_dates.remove(IF_MODIFIED_SINCE);
        without_dates.remove(IF_UNMODIFIED_SINCE);
        assert_eq!(current.read_by(&without_dates), verdict, "{headers:?}");
    }
    match verdict {
        Verdict::Proceed => {}
        Verdict::NotModified => {
            assert!(has(&IF_NONE_MATCH) || has(&IF_MODIFIED_SINCE), "{headers:?}");
        }
        Verdict::Failed => assert!(has(&IF_MATCH) || has(&IF_UNMODIFIED_SINCE), "{headers:?}"),
    }
    assert!(has(&IF_RANGE) || current.is_in_range(&headers), "{headers:?}");
}
