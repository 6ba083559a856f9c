//! The frame that makes a call, as a caller writes it: once, but for the time that is left for it.

use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;

use crate::error::Error;
use crate::wire::body::Body;
use crate::wire::{encode, frame};

/// A call, but for its id, which is given only when the call has its place.
#[derive(Debug)]
pub(crate) struct Calling {
    /// What stands behind the id.
    text: Vec<u8>,
    /// Where that says how many milliseconds the call may take.
    time: Option<Range<usize>>,
    attached: Option<Vec<Bytes>>,
}

/// The frame of a call.
#[derive(Debug)]
pub(crate) struct CallFrame {
    body: Body,
    /// Where it says how many milliseconds are left.
    time: Option<Range<usize>>,
}

impl Calling {
    /// Writes a call of an action; `credit` where items come, the time that it may take, `data`
    /// where it takes any, and the trace that it belongs to, which needs no escapes.
    ///
    /// # Errors
    ///
    /// `unsendable`, with the path, when it holds a value that the wire cannot hold, and
    /// `too_large` when it has more bytes.
    pub(crate) fn new<T: Serialize>(
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
        let time = timeout.map(|timeout| {
            text.extend_from_slice(b",\"deadlineMs\":");
            let start = text.len();
            text.extend_from_slice(milliseconds(timeout).as_bytes());
            start..text.len()
        });
        let attached = match data {
            Some(data) => frame::push_data(&mut text, data, most_bytes)?,
            None => None,
        };
        if let Some(traceparent) = traceparent {
            text.extend_from_slice(format!(",\"traceparent\":\"{traceparent}\"").as_bytes());
        }
        Ok(Calling { text, time, attached })
    }

    /// The frame of the call under this id.
    pub(crate) fn frame(&self, stream_id: i64) -> CallFrame {
        let start = format!("\"streamId\":{stream_id}");
        let behind = |place: &Range<usize>| place.start + start.len()..place.end + start.len();
        let time = self.time.as_ref().map(behind);
        let text = [start.as_bytes(), &self.text].concat();
        CallFrame { body: frame::ended(text, self.attached.clone()), time }
    }
}

impl CallFrame {
    /// What it says now.
    pub(crate) fn body(&self) -> &Body {
        &self.body
    }

    /// Says how much time is left, where it has said how much there was.
    pub(crate) fn tell(&mut self, left: Duration) {
        let Some(time) = &mut self.time else { return };
        let (text, ms) = (self.body.json(), milliseconds(left));
        // A frame that goes out at once mostly says it already.
        if &text[time.clone()] != ms.as_bytes() {
            let text = [&text[..time.start], ms.as_bytes(), &text[time.end..]].concat();
            self.body = self.body.with_json(text);
            time.end = time.start + ms.len();
        }
    }
}

/// Rounded up: a part of a millisecond is no time that is over.
fn milliseconds(time: Duration) -> String {
    let ms = time.as_nanos().div_ceil(1_000_000).max(1);
    u64::try_from(ms).unwrap_or(u64::MAX).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(frame: &CallFrame) -> String {
        String::from_utf8_lossy(frame.body().json()).into_owned()
    }

    #[test]
    fn a_call_says_its_time_in_whole_milliseconds_and_never_none() {
        let told = |timeout| {
            let call = Calling::new("a", None, Some(timeout), None::<&()>, None, usize::MAX);
            text(&call.expect("a call").frame(7))
        };
        for (nanos, ms) in [(0, "1"), (1, "1"), (1_000_000, "1"), (1_000_001, "2")] {
            let expected = format!(r#""streamId":7,"action":"a","deadlineMs":{ms}}}"#);
            assert_eq!(told(Duration::from_nanos(nanos)), expected);
        }
        assert!(told(Duration::MAX).ends_with(r#","deadlineMs":18446744073709551615}"#));
    }

    #[test]
    fn a_call_says_the_time_that_is_left_and_all_else_as_before() {
        let bytes = crate::exact::Bytes::from(vec![7; 3]);
        let timeout = Some(Duration::from_secs(10));
        let call = Calling::new("a", Some(2), timeout, Some(&bytes), None, usize::MAX);
        let mut frame = call.expect("a call").frame(12);
        for ms in [10_000, 9_000, 31, 31, 0] {
            frame.tell(Duration::from_millis(ms));
            let ms = ms.max(1);
            let head = format!(r#""streamId":12,"action":"a","credit":2,"deadlineMs":{ms}"#);
            assert_eq!(text(&frame), format!(r#"{head},"data":{{"$bin":0}},"bin":[3]}}"#));
            assert_eq!(frame.body().attachments().map(<[Bytes]>::len), Some(1));
        }
    }

    #[test]
    fn a_call_that_may_take_for_ever_says_no_time() {
        let call = Calling::new("a", None, None, None::<&()>, None, usize::MAX);
        let mut frame = call.expect("a call").frame(7);
        frame.tell(Duration::from_secs(1));
        assert_eq!(text(&frame), r#""streamId":7,"action":"a"}"#);
    }
}
