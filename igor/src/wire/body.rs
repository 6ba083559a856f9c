//! A body: a frame from `streamId` on, and its attachments.

use std::sync::Arc;

use bytes::Bytes;

/// The bytes in front of the JSON of a binary frame, which say how long it is.
pub(crate) const LENGTH_BYTES: usize = size_of::<u32>();

/// A text of so many bytes at most stands in the place of the body itself. To ask for memory for
/// each item of a stream, and to give it back, took a tenth of what the item costs.
const SHORT_BYTES: usize = 94;

/// The part of a frame that is the same for all receivers. Cloning is cheap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    text: Text,
    /// `None` for a text frame; a binary one may have none, too.
    attachments: Option<Arc<[Bytes]>>,
}

/// The JSON of a body, without its opening brace.
#[derive(Clone, Debug)]
pub(crate) enum Text {
    Short {
        length: u8,
        bytes: [u8; SHORT_BYTES],
    },
    /// Clones share it.
    Shared(Bytes),
}

impl Body {
    /// Of a text frame.
    pub(crate) fn text(text: impl Into<Text>) -> Self {
        Body { text: text.into(), attachments: None }
    }

    /// Of a binary frame.
    pub(crate) fn binary(text: impl Into<Text>, attachments: Vec<Bytes>) -> Self {
        Body { text: text.into(), attachments: Some(attachments.into()) }
    }

    /// The same for many receivers, which all share its memory.
    pub(crate) fn shared(self) -> Self {
        let text = match self.text {
            Text::Short { .. } => Text::Shared(Bytes::copy_from_slice(self.json())),
            shared @ Text::Shared(_) => shared,
        };
        Body { text, ..self }
    }

    /// The JSON, without its opening brace.
    pub(crate) fn json(&self) -> &[u8] {
        self.text.as_ref()
    }

    /// The memory of the JSON, where it is shared.
    pub(crate) fn shared_json(&self) -> Option<&Bytes> {
        match &self.text {
            Text::Short { .. } => None,
            Text::Shared(bytes) => Some(bytes),
        }
    }

    /// What stands behind the JSON of a binary frame; `None` for a text frame.
    pub(crate) fn attachments(&self) -> Option<&[Bytes]> {
        self.attachments.as_deref()
    }

    /// The bytes of all of it.
    pub(crate) fn len(&self) -> usize {
        let behind = self.attachments.as_deref().map_or(0, |attachments| {
            LENGTH_BYTES + attachments.iter().map(Bytes::len).sum::<usize>()
        });
        self.json().len() + behind
    }
}

impl Text {
    /// A copy.
    pub(crate) fn copy_from_slice(text: &[u8]) -> Self {
        let mut bytes = [0; SHORT_BYTES];
        match (bytes.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(place), Ok(length)) => {
                place.copy_from_slice(text);
                Text::Short { length, bytes }
            }
            _ => Text::Shared(Bytes::copy_from_slice(text)),
        }
    }
}

impl<T: Into<Bytes>> From<T> for Text {
    fn from(text: T) -> Self {
        Text::Shared(text.into())
    }
}

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        match self {
            Text::Short { length, bytes } => bytes.get(..usize::from(*length)).unwrap_or_default(),
            Text::Shared(bytes) => bytes,
        }
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.as_ref() == other.as_ref()
    }
}

impl Eq for Text {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_the_same_wherever_it_stands() {
        for length in [0, 1, SHORT_BYTES, SHORT_BYTES + 1, 10 * SHORT_BYTES] {
            let text = vec![b'x'; length];
            let [copied, shared] = [Text::copy_from_slice(&text), Text::from(text.clone())];
            assert_eq!(copied.as_ref(), text);
            assert_eq!(copied, shared);
            assert_eq!(matches!(copied, Text::Short { .. }), length <= SHORT_BYTES);
        }
    }

    #[test]
    fn what_many_get_stands_in_memory_once() {
        for length in [1, SHORT_BYTES + 1] {
            let body = Body::text(Text::copy_from_slice(&vec![b'x'; length])).shared();
            assert_eq!(body.clone().json().as_ptr(), body.json().as_ptr());
        }
    }
}
