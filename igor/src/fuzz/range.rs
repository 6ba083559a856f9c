//! The part of a content that a request asks for.

use crate::http::Range;

/// Reads bytes as the length of a content, in eight of them, and the value of a `Range` header.
///
/// # Panics
///
/// When a part is not inside of the content, or is not the one that it says itself to be.
pub fn range(bytes: &[u8]) {
    let Some((length, value)) = bytes.split_first_chunk() else { return };
    let length = u64::from_le_bytes(*length);
    let range = Range::parse(value, length);
    if let Range::Part { start, length: part } = range {
        assert!(part > 0, "{range:?} of {length}");
        let end = start.checked_add(part).expect("a part ends somewhere");
        assert!(end <= length, "{range:?} of {length}");
        let said = format!("bytes={start}-{}", end - 1);
        assert_eq!(Range::parse(said.as_bytes(), length), range, "{said} of {length}");
    }
    // What there is nothing of, no header makes something.
    assert!(length > 0 || !matches!(range, Range::Part { .. }), "{range:?} of nothing");
}
