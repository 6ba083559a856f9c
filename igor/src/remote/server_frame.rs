//! The frames of a server, and the data of its welcome and its goodbye.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::error::{Code, Error};
use crate::wire::binary::Split;
use crate::wire::message::Message;

/// A frame of a server, its data not yet looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServerFrame<'a> {
    pub(super) n: Option<u64>,
    pub(super) ack: Option<u64>,
    /// The number of a call or a request, or the name of a process.
    #[serde(borrow)]
    stream_id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) action: Option<Cow<'a, str>>,
    pub(super) credit: Option<u32>,
    #[serde(borrow)]
    pub(super) data: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) error: Option<Cow<'a, str>>,
    code: Option<u16>,
    #[serde(default)]
    pub(super) close: bool,
    #[serde(default)]
    pub(super) cancel: bool,
    #[serde(default)]
    pub(super) beat: bool,
    retry_after_ms: Option<u64>,
    #[serde(default)]
    bin: Vec<u64>,
}

impl<'a> ServerFrame<'a> {
    /// Reads the frame of a message.
    ///
    /// # Errors
    ///
    /// `bad_frame` when it is none.
    pub(super) fn read(message: &'a Message) -> Result<Self, Error> {
        read(&message.text)
    }

    /// The number of the call or request that it belongs to.
    pub(super) fn id(&self) -> Option<i64> {
        self.stream_id?.get().parse().ok()
    }

    /// The error that it brings, if it does.
    pub(super) fn failure(&self) -> Option<Error> {
        let text = self.error.as_deref()?;
        let code = self.code.and_then(Code::of_number).unwrap_or(Code::Internal);
        let error = Error::new(code, text);
        Some(match self.retry_after() {
            Some(after) => error.retry_after(after),
            None => error,
        })
    }

    pub(super) fn retry_after(&self) -> Option<Duration> {
        self.retry_after_ms.map(Duration::from_millis)
    }
}

/// The message of a binary frame.
pub(super) fn binary(bytes: &Bytes) -> Result<Message, Error> {
    let split = Split::new(bytes)?;
    let (text, attached) = split.attached(&read::<ServerFrame<'_>>(&split.text)?.bin)?;
    Ok(Message { text: text.unwrap_or(split.text), attached, bytes: bytes.len() })
}

fn read<'a, T: Deserialize<'a>>(text: &'a Utf8Bytes) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|cause| Error::new(Code::BadFrame, cause.to_string()))
}

/// The data of a welcome.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Welcomed {
    pub(super) client_id: String,
    pub(super) session: String,
    pub(super) key: String,
    pub(super) epoch: String,
    pub(super) resumed: bool,
    pub(super) reason: Option<String>,
    pub(super) received: u64,
    pub(super) grace_ms: u64,
    pub(super) beat_ms: u64,
    pub(super) limits: ServerLimits,
    /// The hash of what it offers, or, where this program does not know the same, a table.
    contract: Box<RawValue>,
}

/// What a server allows.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServerLimits {
    pub(super) message_bytes: usize,
    pub(super) open_calls: usize,
    pub(super) credit: u32,
    pub(super) ring_frames: usize,
    pub(super) ring_bytes: usize,
}

impl Welcomed {
    /// Reads the data of a welcome.
    ///
    /// # Errors
    ///
    /// `bad_frame` when it lacks something.
    pub(super) fn read(data: Option<&RawValue>) -> Result<Self, Error> {
        let data = data.map_or("null", RawValue::get);
        serde_json::from_str(data)
            .map_err(|cause| Error::new(Code::BadFrame, format!("this is not a welcome: {cause}")))
    }

    /// The hash of each name that the server offers, where it is not what this program knows.
    pub(super) fn names(&self) -> Option<BTreeMap<String, String>> {
        #[derive(Deserialize)]
        struct Table {
            names: BTreeMap<String, String>,
        }
        let table = serde_json::from_str(self.contract.get()).ok();
        table.map(|Table { names }| names)
    }
}

/// When to come back, and what was begun before.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Goodbye {
    retry_after_ms: u64,
    /// The last call that the server has begun; it runs none behind it.
    pub(super) last_call: Option<i64>,
}

impl Goodbye {
    /// How long to stay away.
    pub(super) fn wait(&self) -> Duration {
        Duration::from_millis(self.retry_after_ms)
    }
}
