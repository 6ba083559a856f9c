//! The trace that a call belongs to, as W3C Trace Context writes it.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The trace that a call belongs to, where its caller named one: a `traceparent` of
/// [W3C Trace Context](https://www.w3.org/TR/trace-context/).
///
/// An action asks for it as a parameter, a layer by
/// [`Call::traceparent`](crate::Call::traceparent), to pass it on to the services that the action
/// calls in turn. A malformed one counts as none, so that no call fails because of its trace.
///
/// ```
/// use igor::Traceparent;
///
/// /// Fetches the weather; the service that has it gets to know the trace.
/// #[igor::action("weather")]
/// async fn weather(place: String, trace: Traceparent) -> Vec<(&'static str, String)> {
///     trace.as_str().map(|text| ("traceparent", text.to_owned())).into_iter().collect()
/// }
///
/// let trace: Traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".parse()?;
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// assert_eq!(weather("Riga".into(), trace).await.len(), 1);
/// assert_eq!(weather("Riga".into(), Traceparent::default()).await.len(), 0);
/// # });
/// # Ok::<(), igor::NotATraceparent>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Traceparent(Option<Arc<str>>);

/// A text that is no `traceparent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotATraceparent;

impl fmt::Display for NotATraceparent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a traceparent as W3C Trace Context has them")
    }
}

impl std::error::Error for NotATraceparent {}

/// The length of one in version 00, in bytes.
const LENGTH: usize = 55;

/// The only version that is specified. Further fields of a later one are not passed on.
const VERSION: &str = "00";

impl Traceparent {
    /// What a caller sent; none where it is malformed.
    pub(crate) fn told(text: Option<&str>) -> Self {
        text.and_then(|text| text.parse().ok()).unwrap_or_default()
    }

    /// The text, to be passed on as it is; `None` where the caller named none.
    pub fn as_str(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl FromStr for Traceparent {
    type Err = NotATraceparent;

    fn from_str(text: &str) -> Result<Self, NotATraceparent> {
        let (start, rest) = text.split_at_checked(LENGTH).ok_or(NotATraceparent)?;
        let fields: Vec<_> = start.split('-').collect();
        let [version, trace, parent, flags] = fields[..] else { return Err(NotATraceparent) };
        let has_form =
            is_hex(version, 2) && is_id(trace, 32) && is_id(parent, 16) && is_hex(flags, 2);
        // A later version may have more fields.
        let has_end = rest.is_empty() || (version != VERSION && rest.starts_with('-'));
        if !has_form || !has_end || version == "ff" {
            return Err(NotATraceparent);
        }
        Ok(Traceparent(Some(format!("{VERSION}{}", &start[VERSION.len()..]).into())))
    }
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// An id of zeros alone is invalid.
fn is_id(text: &str, length: usize) -> bool {
    is_hex(text, length) && text.bytes().any(|byte| byte != b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn one_is_read_and_passed_on_as_it_is() {
        let read: Traceparent = GOOD.parse().expect("it is one");
        assert_eq!(read.as_str(), Some(GOOD));
        assert_eq!(Traceparent::told(Some(GOOD)), read);
        assert_eq!(Traceparent::told(None).as_str(), None);
    }

    #[test]
    fn one_of_a_later_version_is_read_as_far_as_it_is_known() {
        for later in ["01", "cc"] {
            let later = GOOD.replacen("00", later, 1);
            for text in [later.clone(), format!("{later}-"), format!("{later}-what-comes-then")] {
                assert_eq!(text.parse::<Traceparent>().expect("it is one").as_str(), Some(GOOD));
            }
            assert!(format!("{later}x").parse::<Traceparent>().is_err());
        }
    }

    #[test]
    fn what_has_another_form_is_none() {
        let with = |from: &str, to: &str| GOOD.replacen(from, to, 1);
        let odd = [
            String::new(),
            GOOD[1..].to_owned(),
            GOOD[..54].to_owned(),
            format!("{GOOD}-00"),
            format!("{GOOD} "),
            with("00-", "ff-"),
            with("00-", "0g-"),
            with("0af7", "0AF7"),
            with("0af7", "0a 7"),
            with("0af7", "0aé"),
            with("-b7ad", "_b7ad"),
            with("0af7651916cd43dd8448eb211c80319c", &"0".repeat(32)),
            with("b7ad6b7169203331", &"0".repeat(16)),
            with("0af7651916cd43dd8448eb211c80319c-b7ad", "0af7651916cd43dd8448eb211c80319-cb7ad"),
            "é".repeat(28),
        ];
        for text in odd {
            assert_eq!(text.parse::<Traceparent>(), Err(NotATraceparent), "{text}");
            assert_eq!(Traceparent::told(Some(&text)), Traceparent::default(), "{text}");
        }
    }
}
