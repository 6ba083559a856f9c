//! The first frames of a socket: what a client says of itself and what it is told.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::{Code, Error};
use crate::wire::frame::close_with_error;
use crate::wire::incoming::Incoming;
use crate::wire::link::Standing;
use crate::wire::{WireLimits, decode, encode};

/// What a client is told of itself alone is rarely longer.
const USUAL_OWN_BYTES: usize = 320;

/// What a client says of itself, first of all, on each of its sockets.
#[derive(Clone, Debug, Deserialize)]
#[serde(expecting = "an object")]
pub(crate) struct Hello {
    /// The session, 128 random bits as text.
    pub(crate) session: String,
    /// The secret that the session is held by.
    pub(crate) key: String,
    /// Random for each load of a page.
    pub(crate) page: String,
    /// Counts the client's sockets and only rises.
    pub(crate) attempt: u64,
    /// The hash of the contract that the client was made from.
    pub(crate) contract: String,
    /// The name that the client chose.
    pub(crate) name: Option<String>,
    /// Bytes that the client keeps until they are acknowledged.
    pub(crate) ring: usize,
    /// Where a page stands that was welcomed before, or believes that it may have been.
    pub(crate) resume: Option<Resume>,
}

/// Where a page stands that wants to go on.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Resume {
    /// The highest number that it has received without a gap.
    received: u64,
    /// The lowest number that it can still send.
    have: u64,
}

impl Resume {
    pub(crate) fn standing(&self) -> Standing {
        Standing { received: self.received, have: self.have }
    }
}

impl Hello {
    /// The longest secret, id or name that is looked at.
    const MOST_BYTES: usize = 128;

    /// Reads the first frame of a socket.
    ///
    /// # Errors
    ///
    /// `bad_frame` when it is not a hello, or one whose words are empty or too long, and `forbidden`
    /// for a name that nobody may have.
    pub(crate) fn read(text: &str) -> Result<Self, Error> {
        let frame = Incoming::read(text)?;
        if frame.action.as_deref() != Some("igor.hello") {
            return Err(Error::new(Code::BadFrame, "the first frame is `igor.hello`"));
        }
        let data = frame.data.unwrap_or("null");
        let hello: Hello = decode::read(data, "hello")
            .map_err(|error| Error::new(Code::BadFrame, error.message()))?;
        let words = [
            ("session", &hello.session, 16),
            ("key", &hello.key, 32),
            ("page", &hello.page, 1),
            ("contract", &hello.contract, 0),
        ];
        for (word, value, least) in words {
            if value.len() < least || value.len() > Hello::MOST_BYTES {
                let most = Hello::MOST_BYTES;
                let text = format!("`hello.{word}` has {least} to {most} bytes");
                return Err(Error::new(Code::BadFrame, text));
            }
        }
        hello.name.as_deref().map_or(Ok(()), |name| check_name(name, "hello.name"))?;
        Ok(hello)
    }
}

/// Whether a client may have this name, which stands in logs and on the pages of others, and came
/// in this field.
///
/// # Errors
///
/// `forbidden` when nobody may have it.
pub(crate) fn check_name(name: &str, field: &str) -> Result<(), Error> {
    if name.is_empty() || name.len() > Hello::MOST_BYTES {
        let text = format!("`{field}` has 1 to {} bytes", Hello::MOST_BYTES);
        return Err(Error::forbidden(text));
    }
    let Some(letter) = name.chars().find(|letter| is_unseen(*letter)) else { return Ok(()) };
    let letter = letter.escape_unicode();
    Err(Error::forbidden(format!("`{field}` has the invisible character `{letter}`")))
}

/// Whether a letter shows nothing by itself, but changes how a log or a page shows those around it:
/// the controls, those of the direction of text, and those that are as wide as nothing.
fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
        )
        || matches!(letter, '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(letter, '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}')
}

/// What the client is told in answer, of itself alone.
#[derive(Debug)]
pub(crate) struct Welcome<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) session: &'a str,
    pub(crate) key: &'a str,
    pub(crate) epoch: &'a str,
    pub(crate) resumed: bool,
    pub(crate) reason: Option<&'a str>,
    pub(crate) received: u64,
}

/// What all clients of a server are told alike.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Told<'a> {
    pub(crate) grace_ms: u64,
    pub(crate) beat_ms: u64,
    pub(crate) limits: ToldLimits,
    pub(crate) contract: ToldContract<'a>,
}

/// The limits that a client has to know.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ToldLimits {
    message_bytes: usize,
    open_calls: usize,
    credit: u32,
    ring_frames: usize,
    ring_bytes: usize,
}

impl ToldLimits {
    /// The limits of a server, as its clients are told.
    pub(crate) fn new(wire: &WireLimits, open_calls: usize, credit: u32) -> Self {
        ToldLimits {
            message_bytes: wire.message_bytes,
            open_calls,
            credit,
            ring_frames: wire.ring_frames,
            ring_bytes: wire.ring_bytes,
        }
    }
}

/// The server's contract: its hash where the client's is the same, else all of it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum ToldContract<'a> {
    /// Both sides mean the same.
    Same(&'a str),
    /// They differ, and the table says by which names.
    Table {
        /// The hash of the whole.
        hash: &'a str,
        /// The hash of each name.
        names: &'a BTreeMap<&'static str, String>,
    },
}

/// The end of every welcome of a server, written once: encoding it anew for each client was a
/// twelfth of what a connection cost outside of the system.
#[derive(Debug)]
pub(crate) struct WelcomeEnd(Vec<u8>);

impl WelcomeEnd {
    /// The end that tells so much.
    pub(crate) fn new(told: &Told<'_>) -> Self {
        // Texts, numbers and a map with text keys: writing them to memory cannot fail.
        let mut end = serde_json::to_vec(told).unwrap_or_default();
        // The object goes on where the client's own part ends, and the frame ends behind it.
        if let Some(brace) = end.first_mut() {
            *brace = b',';
        }
        end.push(b'}');
        WelcomeEnd(end)
    }
}

/// The whole frame that welcomes a client.
pub(crate) fn welcome(own: &Welcome<'_>, end: &WelcomeEnd) -> Vec<u8> {
    let mut frame = Vec::with_capacity(USUAL_OWN_BYTES + end.0.len());
    let texts = [
        ("{\"action\":\"igor.welcome\",\"data\":{\"clientId\":", own.client_id),
        (",\"session\":", own.session),
        (",\"key\":", own.key),
        (",\"epoch\":", own.epoch),
    ];
    for (name, value) in texts {
        frame.extend_from_slice(name.as_bytes());
        encode::text(value, &mut frame);
    }
    frame.extend_from_slice(if own.resumed { b",\"resumed\":true" } else { b",\"resumed\":false" });
    if let Some(reason) = own.reason {
        frame.extend_from_slice(b",\"reason\":");
        encode::text(reason, &mut frame);
    }
    frame.extend_from_slice(b",\"received\":");
    frame.extend_from_slice(itoa::Buffer::new().format(own.received).as_bytes());
    frame.extend_from_slice(&end.0);
    frame
}

/// The whole frame that refuses one.
pub(crate) fn refusal(error: &Error) -> Vec<u8> {
    let mut frame = b"{\"action\":\"igor.welcome\"".to_vec();
    close_with_error(&mut frame, error);
    frame
}
