//! Binary frames that come in: the JSON, and what stands behind it.

use std::sync::Arc;

use bytes::Bytes;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::error::{Code, Error};
use crate::exact::frame::Attached;
use crate::wire::body::LENGTH_BYTES;
use crate::wire::keys;

/// What stands before each sign of a frame in which other keys begin with `$` too: nothing that
/// begins with it is one of those.
const MARK: &str = "\0";
/// The same as JSON.
const MARK_JSON: &str = "\\u0000";

/// The JSON that names an attachment has so many bytes at least.
const SIGN_BYTES: usize = r#"{"$bin":0}"#.len();

/// The JSON of a binary frame, and what is behind it. Both share the memory of the message.
#[derive(Debug)]
pub(crate) struct Split {
    pub(crate) text: Utf8Bytes,
    behind: Bytes,
}

impl Split {
    /// Parts a message.
    ///
    /// # Errors
    ///
    /// `bad_frame` when it is shorter than it says, or its JSON is not UTF-8.
    pub(crate) fn new(message: &Bytes) -> Result<Self, Error> {
        let bytes = message.split_first_chunk::<LENGTH_BYTES>().and_then(|(length, rest)| {
            let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
            (length <= rest.len()).then_some(length)
        });
        let Some(length) = bytes else {
            return Err(refused("a binary frame is shorter than its JSON"));
        };
        let (start, end) = (LENGTH_BYTES, LENGTH_BYTES + length);
        let text = Utf8Bytes::try_from(message.slice(start..end))
            .map_err(|_| refused("the JSON of a binary frame is not UTF-8"))?;
        Ok(Split { text, behind: message.slice(end..) })
    }

    /// Cuts the attachments from what is behind the JSON, and looks at the keys that begin with
    /// `$`. Gives the JSON as serde is to see it, where that is another.
    ///
    /// # Errors
    ///
    /// `bad_frame` when the lengths are not those of what is there, or a sign means nothing.
    pub(crate) fn attached(&self, lengths: &[u64]) -> Result<(Option<Utf8Bytes>, Attached), Error> {
        let attachments = self.cut(lengths)?;
        let mut used = vec![false; attachments.len()];
        let mut has_escaped = false;
        keys::change(&self.text, |key, value| {
            has_escaped |= key.starts_with("$$");
            check_sign(key, value, &mut used).map(|()| None)
        })?;
        if !has_escaped {
            return Ok((None, Attached { attachments, mark: "" }));
        }
        // The signs get a mark, so that they stay signs when the others lose their `$`.
        let text = keys::change(&self.text, |key, _| {
            Ok::<_, Error>(match key.strip_prefix('$') {
                Some(own) if own.starts_with('$') => Some(own.to_owned()),
                Some(_) => Some(format!("{MARK_JSON}{key}")),
                None => None,
            })
        })?;
        Ok((text.map(Utf8Bytes::from), Attached { attachments, mark: MARK }))
    }

    fn cut(&self, lengths: &[u64]) -> Result<Arc<[Bytes]>, Error> {
        let wrong = || refused("`bin` does not say what is behind the JSON");
        // Those that nobody can name may be empty, and would cost nothing but the memory for them.
        if lengths.len() > self.text.len() / SIGN_BYTES {
            return Err(refused("`bin` says more attachments than the JSON has room to name"));
        }
        let mut rest = self.behind.clone();
        let mut attachments = Vec::with_capacity(lengths.len());
        for length in lengths {
            let length = usize::try_from(*length).ok().filter(|length| *length <= rest.len());
            attachments.push(rest.split_to(length.ok_or_else(wrong)?));
        }
        if rest.is_empty() { Ok(attachments.into()) } else { Err(wrong()) }
    }
}

/// Whether a key that begins with `$` is one of another frame's, escaped, or a sign that means
/// something; each attachment has its place once.
fn check_sign(key: &str, value: &str, used: &mut [bool]) -> Result<(), Error> {
    match key {
        "$bin" => {
            let end = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
            let index = value[..end].parse::<usize>().ok();
            match index.and_then(|index| used.get_mut(index)) {
                Some(used) if !*used => {
                    *used = true;
                    Ok(())
                }
                Some(_) => Err(refused("`$bin` names an attachment a second time")),
                None => Err(refused("`$bin` names an attachment that is not there")),
            }
        }
        "$big" | "$date" => Ok(()),
        key if key.starts_with('$') && !key.starts_with("$$") => {
            Err(refused("a key that begins with one `$` means nothing in a binary frame"))
        }
        _ => Ok(()),
    }
}

fn refused(why: &str) -> Error {
    Error::new(Code::BadFrame, why)
}

#[cfg(test)]
mod golden;
#[cfg(test)]
mod tests;
