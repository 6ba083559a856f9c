//! Ranges: which part of a content a request asks for (RFC 9110, section 14).

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Range {
    /// All of it: there is no range, or an invalid one, or several, which a server may ignore.
    Whole,
    /// Some of it, at least a byte.
    Part {
        /// The first byte.
        start: u64,
        /// How many bytes.
        length: u64,
    },
    /// Nothing that there is.
    Nothing,
}

impl Range {
    /// Reads the value of a `Range` header, for a content of so many bytes.
    pub(crate) fn parse(value: &[u8], length: u64) -> Self {
        Range::read(value, length).unwrap_or(Range::Whole)
    }

    /// `None` stands for what is no range of bytes.
    fn read(value: &[u8], length: u64) -> Option<Self> {
        let equals = value.iter().position(|byte| *byte == b'=')?;
        if !value[..equals].eq_ignore_ascii_case(b"bytes") {
            return None;
        }
        let range = value[equals + 1..].trim_ascii();
        let dash = range.iter().position(|byte| *byte == b'-')?;
        let (first, last) = (&range[..dash], &range[dash + 1..]);
        if first.is_empty() {
            return Some(Range::of_end(number(last)?, length));
        }
        let first = number(first)?;
        let last = if last.is_empty() { u64::MAX } else { number(last)? };
        if last < first {
            return None;
        }
        if first >= length {
            return Some(Range::Nothing);
        }
        Some(Range::Part { start: first, length: last.min(length - 1) - first + 1 })
    }

    /// The last bytes.
    fn of_end(bytes: u64, length: u64) -> Self {
        match (bytes.min(length), bytes) {
            (_, 0) => Range::Nothing,
            // An empty content has no satisfiable range.
            (0, _) => Range::Whole,
            (bytes, _) => Range::Part { start: length - bytes, length: bytes },
        }
    }
}

/// A number of any size; one that is too large for us is larger than any file.
fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = digits.iter().try_fold(0_u64, |value, digit| {
        value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
    });
    Some(value.unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn part(start: u64, length: u64) -> Range {
        Range::Part { start, length }
    }

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        for (value, length, range) in [
            ("bytes=0-0", 10, part(0, 1)),
            ("bytes=0-9", 10, part(0, 10)),
            ("bytes=2-4", 10, part(2, 3)),
            ("bytes=5-", 10, part(5, 5)),
            ("bytes=5-99", 10, part(5, 5)),
            ("bytes=-3", 10, part(7, 3)),
            ("bytes=-99", 10, part(0, 10)),
            ("Bytes= 1-1 ", 10, part(1, 1)),
            ("bytes=0-99999999999999999999999", 10, part(0, 10)),
            ("bytes=10-", 10, Range::Nothing),
            ("bytes=99999999999999999999999-", 10, Range::Nothing),
            ("bytes=-0", 10, Range::Nothing),
            ("bytes=0-", 0, Range::Nothing),
            ("bytes=-5", 0, Range::Whole),
            ("bytes=4-2", 10, Range::Whole),
            ("bytes=0-1,4-5", 10, Range::Whole),
            ("bytes=-", 10, Range::Whole),
            ("bytes=", 10, Range::Whole),
            ("bytes", 10, Range::Whole),
            ("bytes=+1-2", 10, Range::Whole),
            ("bytes=1 - 2", 10, Range::Whole),
            ("bytes=1--2", 10, Range::Whole),
            ("items=0-1", 10, Range::Whole),
            ("", 10, Range::Whole),
        ] {
            assert_eq!(Range::parse(value.as_bytes(), length), range, "{value} of {length}");
        }
    }

    proptest! {
        #[test]
        fn a_part_is_always_inside(value in "(bytes=)?[-0-9, =]{0,30}", length: u64) {
            if let Range::Part { start, length: part } = Range::parse(value.as_bytes(), length) {
                prop_assert!(part > 0);
                prop_assert!(start.checked_add(part).is_some_and(|end| end <= length));
            }
        }

        #[test]
        fn any_bytes_are_read(value: Vec<u8>, length: u64) {
            let _ = Range::parse(&value, length);
        }
    }
}
