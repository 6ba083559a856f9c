//! The frames of requests, by which the server asks a page.

#[cfg(feature = "remote")]
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;

use crate::error::Error;
use crate::wire::body::Body;
use crate::wire::{encode, frame};

/// What is asked: the part of a request's body behind its `streamId`, which is given only when the
/// request has its place.
#[derive(Debug)]
pub(crate) struct Question {
    text: Vec<u8>,
    attached: Option<Vec<Bytes>>,
}

impl Question {
    /// Writes what is asked.
    ///
    /// # Errors
    ///
    /// `unsendable`, with the path, when it holds a value that the wire cannot hold, and
    /// `too_large` when it has more bytes.
    pub(crate) fn new<T: Serialize>(
        name: &str,
        data: &T,
        most_bytes: usize,
    ) -> Result<Self, Error> {
        let mut text = b",\"action\":".to_vec();
        encode::text(name, &mut text);
        let attached = frame::push_data(&mut text, data, most_bytes)?;
        Ok(Question { text, attached })
    }

    /// Writes a call of an action; `credit` where items come, the time that it may take, `data`
    /// where it takes any, and the trace that it belongs to, which needs no escapes.
    ///
    /// # Errors
    ///
    /// As of [`new`](Question::new).
    #[cfg(feature = "remote")]
    pub(crate) fn to_action<T: Serialize>(
        name: &str,
        credit: Option<u32>,
        timeout: Option<Duration>,
        data: Option<&T>,
        traceparent: Option<&str>,
        most_bytes: usize,
    ) -> Result<Self, Error> {
        let mut text = b",\"action\":".to_vec();
        encode::text(name, &mut text);
        if let Some(credit) = credit {
            text.extend_from_slice(format!(",\"credit\":{credit}").as_bytes());
        }
        if let Some(timeout) = timeout {
            // Rounded up: a part of a millisecond is no time that is over.
            let ms = timeout.as_nanos().div_ceil(1_000_000).max(1);
            let ms = u64::try_from(ms).unwrap_or(u64::MAX);
            text.extend_from_slice(format!(",\"deadlineMs\":{ms}").as_bytes());
        }
        let attached = match data {
            Some(data) => frame::push_data(&mut text, data, most_bytes)?,
            None => None,
        };
        if let Some(traceparent) = traceparent {
            text.extend_from_slice(format!(",\"traceparent\":\"{traceparent}\"").as_bytes());
        }
        Ok(Question { text, attached })
    }

    /// A body: the request under this id.
    pub(crate) fn body(&self, stream_id: i64) -> Body {
        let start = format!("\"streamId\":{stream_id}");
        frame::ended([start.as_bytes(), &self.text].concat(), self.attached.clone())
    }
}

/// A body: nobody waits for the answer to a request any more.
pub(crate) fn withdrawal(stream_id: i64) -> Body {
    Body::text(format!("\"streamId\":{stream_id},\"cancel\":true}}"))
}

#[cfg(all(test, feature = "remote"))]
mod tests {
    use super::*;

    #[test]
    fn a_call_says_its_time_in_whole_milliseconds_and_never_none() {
        let told = |timeout| {
            let call = Question::to_action("a", None, Some(timeout), None::<&()>, None, usize::MAX);
            let body = call.expect("a call").body(7);
            String::from_utf8_lossy(body.json()).into_owned()
        };
        for (nanos, ms) in [(0, "1"), (1, "1"), (1_000_000, "1"), (1_000_001, "2")] {
            let expected = format!(r#""streamId":7,"action":"a","deadlineMs":{ms}}}"#);
            assert_eq!(told(Duration::from_nanos(nanos)), expected);
        }
        assert!(told(Duration::MAX).ends_with(r#","deadlineMs":18446744073709551615}"#));
    }
}
