//! A body: a frame from `streamId` on, and its attachments.

use std::sync::Arc;

use bytes::Bytes;

/// The bytes in front of the JSON of a binary frame, which say how long it is.
pub(crate) const LENGTH_BYTES: usize = size_of::<u32>();

/// The part of a frame that is the same for all receivers. Cloning is cheap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    text: Bytes,
    /// `None` for a text frame; a binary one may have none, too.
    attachments: Option<Arc<[Bytes]>>,
}

impl Body {
    /// Of a text frame.
    pub(crate) fn text(text: impl Into<Bytes>) -> Self {
        Body { text: text.into(), attachments: None }
    }

    /// Of a binary frame.
    pub(crate) fn binary(text: impl Into<Bytes>, attachments: Vec<Bytes>) -> Self {
        Body { text: text.into(), attachments: Some(attachments.into()) }
    }

    /// The same with this JSON, which says as much of its attachments.
    #[cfg(feature = "remote")]
    pub(crate) fn with_json(&self, text: impl Into<Bytes>) -> Self {
        Body { text: text.into(), attachments: self.attachments.clone() }
    }

    /// The JSON, without its opening brace.
    pub(crate) fn json(&self) -> &Bytes {
        &self.text
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
        self.text.len() + behind
    }
}
