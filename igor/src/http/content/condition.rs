//! Conditions: whether a request is still about what there is (RFC 9110, section 13).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use httpdate::parse_http_date;
use hyper::header::{
    HeaderMap, HeaderName, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE,
    IF_UNMODIFIED_SINCE,
};

use crate::http::content::Tag;

/// What tells one state of a content from another.
#[derive(Clone, Debug)]
pub(crate) struct Validators {
    pub(super) tag: Tag,
    /// When it was changed last, in whole seconds, where that is known.
    modified: Option<SystemTime>,
}

/// What the conditions of a reading request lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The conditions hold, and it is answered.
    Proceed,
    /// The client has this state already.
    NotModified,
    /// It was meant for another state.
    Failed,
}

impl Validators {
    pub(crate) fn new(tag: Tag, modified: Option<SystemTime>) -> Self {
        Validators { tag, modified: modified.map(whole_seconds) }
    }

    /// When it was changed last, in whole seconds.
    pub(super) fn modified(&self) -> Option<SystemTime> {
        self.modified
    }

    /// What the conditions of a request say that reads this.
    pub(crate) fn read_by(&self, headers: &HeaderMap) -> Verdict {
        if !self.is_expected(headers) {
            Verdict::Failed
        } else if self.is_known(headers) {
            Verdict::NotModified
        } else {
            Verdict::Proceed
        }
    }

    /// Whether the range that a request asks for is meant for this state: its `If-Range`, if it has
    /// one, names it.
    pub(crate) fn is_in_range(&self, headers: &HeaderMap) -> bool {
        let Some(value) = headers.get(IF_RANGE) else { return true };
        let Ok(value) = value.to_str() else { return false };
        // A date that is only near says nothing of the bytes.
        self.tag.is(value) || parse_http_date(value).is_ok_and(|date| self.modified == Some(date))
    }

    fn is_expected(&self, headers: &HeaderMap) -> bool {
        if headers.contains_key(IF_MATCH) {
            return self.tag.is_listed_strongly(headers, &IF_MATCH);
        }
        match (date(headers, &IF_UNMODIFIED_SINCE), self.modified) {
            (Some(since), Some(modified)) => modified <= since,
            _ => true,
        }
    }

    fn is_known(&self, headers: &HeaderMap) -> bool {
        if headers.contains_key(IF_NONE_MATCH) {
            return self.tag.is_listed(headers, &IF_NONE_MATCH);
        }
        match (date(headers, &IF_MODIFIED_SINCE), self.modified) {
            (Some(since), Some(modified)) => modified <= since,
            _ => false,
        }
    }
}

/// Whether the conditions of a request that changes something hold; `None` is what is not there.
pub(crate) fn may_change(headers: &HeaderMap, current: Option<&Validators>) -> bool {
    match current {
        Some(current) => {
            let is_unwanted = headers.contains_key(IF_NONE_MATCH)
                && current.tag.is_listed(headers, &IF_NONE_MATCH);
            current.is_expected(headers) && !is_unwanted
        }
        None => !headers.contains_key(IF_MATCH),
    }
}

/// The date in a header that is there once; what is no date is as good as no header.
fn date(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    let mut lines = headers.get_all(name).iter();
    let date = parse_http_date(lines.next()?.to_str().ok()?).ok()?;
    lines.next().is_none().then_some(date)
}

/// A time as HTTP can say it.
fn whole_seconds(time: SystemTime) -> SystemTime {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    UNIX_EPOCH + Duration::from_secs(since.as_secs())
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    const THEN: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const BEFORE: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
    const AFTER: &str = "Sun, 06 Nov 1994 08:49:38 GMT";

    fn current() -> Validators {
        let then = parse_http_date(THEN).expect("a date");
        Validators::new(Tag::of_bytes(b"now"), Some(then + Duration::from_millis(7)))
    }

    fn headers(lines: &[(HeaderName, &str)]) -> HeaderMap {
        let value = |value: &str| HeaderValue::from_str(value).expect("a header");
        lines.iter().map(|(name, text)| (name.clone(), value(text))).collect()
    }

    fn own() -> String {
        current().tag.header().to_str().expect("text").to_owned()
    }

    #[test]
    fn reading_follows_the_order_of_the_standard() {
        use Verdict::{Failed, NotModified, Proceed};
        let (own, weak) = (own(), format!("W/{}", own()));
        let (own, weak, other) = (own.as_str(), weak.as_str(), "\"other\"");
        for (lines, verdict) in [
            (vec![], Proceed),
            (vec![(IF_MATCH, own)], Proceed),
            (vec![(IF_MATCH, "*")], Proceed),
            (vec![(IF_MATCH, weak)], Failed),
            (vec![(IF_MATCH, other)], Failed),
            (vec![(IF_MATCH, own), (IF_UNMODIFIED_SINCE, BEFORE)], Proceed),
            (vec![(IF_UNMODIFIED_SINCE, THEN)], Proceed),
            (vec![(IF_UNMODIFIED_SINCE, BEFORE)], Failed),
            (vec![(IF_UNMODIFIED_SINCE, "yesterday")], Proceed),
            (vec![(IF_NONE_MATCH, own)], NotModified),
            (vec![(IF_NONE_MATCH, weak)], NotModified),
            (vec![(IF_NONE_MATCH, "*")], NotModified),
            (vec![(IF_NONE_MATCH, other)], Proceed),
            (vec![(IF_NONE_MATCH, other), (IF_MODIFIED_SINCE, AFTER)], Proceed),
            (vec![(IF_MODIFIED_SINCE, BEFORE)], Proceed),
            (vec![(IF_MODIFIED_SINCE, THEN)], NotModified),
            (vec![(IF_MODIFIED_SINCE, AFTER)], NotModified),
            (vec![(IF_MODIFIED_SINCE, "yesterday")], Proceed),
            (vec![(IF_MATCH, other), (IF_NONE_MATCH, own)], Failed),
            (vec![(IF_MATCH, own), (IF_NONE_MATCH, own)], NotModified),
        ] {
            assert_eq!(current().read_by(&headers(&lines)), verdict, "{lines:?}");
        }
    }

    #[test]
    fn a_change_is_made_only_to_what_it_was_meant_for() {
        let (own, weak) = (own(), format!("W/{}", own()));
        let (own, weak, other) = (own.as_str(), weak.as_str(), "\"other\"");
        for (lines, of_this, of_nothing) in [
            (vec![], true, true),
            (vec![(IF_MATCH, own)], true, false),
            (vec![(IF_MATCH, weak)], false, false),
            (vec![(IF_MATCH, other)], false, false),
            (vec![(IF_MATCH, "*")], true, false),
            (vec![(IF_NONE_MATCH, "*")], false, true),
            (vec![(IF_NONE_MATCH, own)], false, true),
            (vec![(IF_NONE_MATCH, other)], true, true),
            (vec![(IF_UNMODIFIED_SINCE, BEFORE)], false, true),
            (vec![(IF_UNMODIFIED_SINCE, THEN)], true, true),
            (vec![(IF_MODIFIED_SINCE, AFTER)], true, true),
        ] {
            let headers = headers(&lines);
            assert_eq!(may_change(&headers, Some(&current())), of_this, "{lines:?}");
            assert_eq!(may_change(&headers, None), of_nothing, "{lines:?}");
        }
    }

    #[test]
    fn a_part_is_sent_only_of_what_the_other_end_has() {
        let (own, weak) = (own(), format!("W/{}", own()));
        for (value, is_in_range) in [
            (own.as_str(), true),
            (THEN, true),
            (weak.as_str(), false),
            ("\"other\"", false),
            (BEFORE, false),
            (AFTER, false),
            ("*", false),
        ] {
            let headers = headers(&[(IF_RANGE, value)]);
            assert_eq!(current().is_in_range(&headers), is_in_range, "{value}");
        }
        assert!(current().is_in_range(&HeaderMap::new()));
    }
}
