//! Frames of a server of `igor.1` become those of the classic dialect.
//!
//! A plain table of stream ids and no I/O: one frame in, those out that say the same, and what is
//! left to be done about it.

use std::collections::HashMap;

use serde::Deserialize;

use crate::error::Code;
use crate::wire::classic::{as_it_stands, number};
use crate::wire::encode;

/// Why a value does not go out.
pub(super) const UNSENDABLE: &str =
    "it holds bytes, an exact integer or a date, which the classic dialect has no form for";

/// The open streams of a classic client.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    /// By the ids that they have in `igor.1`, which rise; a client chooses its own as it likes, and
    /// may choose one twice.
    open: HashMap<i64, Stream>,
    /// The highest id so far.
    highest: i64,
}

#[derive(Debug)]
struct Stream {
    /// The id that the client gave, as JSON.
    id: Box<str>,
    kind: Kind,
}

/// What a stream was opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An action.
    Call,
    /// What cannot be served, whose error belongs to no stream.
    Unserved,
    /// The client says its name; the error of that has a number, as in the ancestor.
    Introduction,
}

/// What is left to be done about a frame that the client cannot be told.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// The client was told that this call has ended, and so it has to.
    Stop(i64),
    /// This request has no answer.
    Answer(i64),
}

/// A frame of a server of `igor.1`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Frame<'a> {
    n: Option<u64>,
    #[serde(borrow, default, deserialize_with = "as_it_stands")]
    stream_id: Option<&'a str>,
    #[serde(borrow, default, deserialize_with = "as_it_stands")]
    action: Option<&'a str>,
    #[serde(borrow, default, deserialize_with = "as_it_stands")]
    data: Option<&'a str>,
    #[serde(borrow, default, deserialize_with = "as_it_stands")]
    error: Option<&'a str>,
    code: Option<u16>,
    #[serde(default)]
    close: bool,
}

/// What a frame becomes.
#[derive(Debug, Default)]
pub(crate) struct Translated {
    /// In their order, as text; none where the client has no word for it.
    pub(crate) frames: Vec<String>,
    /// The number that the frame had, if it had one.
    pub(crate) n: Option<u64>,
    pub(crate) left: Option<Left>,
}

impl Streams {
    /// Opens a stream under the client's id; gives the one that it has in `igor.1`.
    pub(crate) fn open(&mut self, id: &str, kind: Kind) -> i64 {
        self.highest += 1;
        self.open.insert(self.highest, Stream { id: id.into(), kind });
        self.highest
    }

    /// Translates a frame of igor's own; `is_binary` says that its data are more than JSON.
    pub(crate) fn translate(&mut self, frame: &str, is_binary: bool) -> Translated {
        // What this program has written itself is a frame.
        let Ok(frame) = serde_json::from_str::<Frame<'_>>(frame) else { return Default::default() };
        let mut translated = Translated { n: frame.n, ..Default::default() };
        let id = frame.stream_id.and_then(|id| id.parse::<i64>().ok());
        match (id, frame.action) {
            (Some(id), None) => {
                translated.left = self.of_call(id, &frame, is_binary, &mut translated.frames)
            }
            (Some(id), Some(_)) => translated.left = Some(Left::Answer(id)),
            (None, Some(action)) => of_event(action, &frame, is_binary, &mut translated.frames),
            (None, None) => of_process_or_none(&frame, &mut translated.frames),
        }
        translated
    }

    /// A frame of a call: its data or its error, and its end apart from both.
    fn of_call(
        &mut self,
        call: i64,
        frame: &Frame<'_>,
        is_binary: bool,
        frames: &mut Vec<String>,
    ) -> Option<Left> {
        let Stream { id, kind } = self.open.get(&call)?;
        if *kind == Kind::Unserved {
            self.open.remove(&call);
            frames.extend(loose_error(frame));
            return None;
        }
        let id = ("streamId", id.as_ref());
        // Nothing is what an action returns that returns nothing.
        let data = frame.data.filter(|data| !(frame.close && *data == "null"));
        let code = frame.code.filter(|_| *kind == Kind::Introduction).and_then(Code::of_number);
        let code = code.map(|code| number(code).to_string());
        match (frame.error, data) {
            (Some(error), _) => {
                let code = code.as_deref().map(|code| ("code", code));
                frames.push(object([id, ("error", error)].into_iter().chain(code)));
            }
            (None, Some(_)) if is_binary => {
                frames.push(object([id, ("error", &quoted(UNSENDABLE))]))
            }
            (None, Some(data)) => frames.push(object([id, ("data", data)])),
            (None, None) => {}
        }
        let ends_here = is_binary && frame.error.is_none() && !frame.close;
        if frame.close || ends_here {
            frames.push(object([id, ("close", "true")]));
            self.open.remove(&call);
        }
        ends_here.then_some(Left::Stop(call))
    }
}

/// An event, unless it is a word of the session layer.
fn of_event(action: &str, frame: &Frame<'_>, is_binary: bool, frames: &mut Vec<String>) {
    if matches!(action, r#""igor.welcome""# | r#""igor.goodbye""#) {
        return;
    }
    let process = frame.stream_id.map(|id| ("streamId", id));
    if is_binary {
        let error = quoted(&format!("the event {action} is left out: {UNSENDABLE}"));
        let code = number(Code::Unsendable).to_string();
        let code = Some(("code", code.as_str())).filter(|_| process.is_none());
        return frames.push(object(process.into_iter().chain([("error", &*error)]).chain(code)));
    }
    let data = [("action", action), ("data", frame.data.unwrap_or("null"))];
    frames.push(object(process.into_iter().chain(data)));
}

/// The end of a process, or an error that belongs to no stream; acknowledgements and beats are of
/// the session layer.
fn of_process_or_none(frame: &Frame<'_>, frames: &mut Vec<String>) {
    let error = frame.error.map(|error| ("error", error));
    let Some(process) = frame.stream_id.map(|id| ("streamId", id)) else {
        return frames.extend(loose_error(frame));
    };
    frames.extend(error.map(|error| object([process, error])));
    if frame.close {
        frames.push(object([process, ("close", "true")]));
    }
}

/// The error of a frame, if it has one, as one that belongs to no stream.
fn loose_error(frame: &Frame<'_>) -> Option<String> {
    let code = frame.code.and_then(Code::of_number).unwrap_or(Code::Internal);
    Some(object([("error", frame.error?), ("code", &*number(code).to_string())]))
}

/// An object of these members, each with a value that is JSON already.
fn object<'a>(members: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = String::from("{");
    for (index, (key, value)) in members.into_iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        text.extend([comma, "\"", key, "\":", value]);
    }
    text + "}"
}

fn quoted(text: &str) -> String {
    let mut json = Vec::new();
    encode::text(text, &mut json);
    // It was text before.
    String::from_utf8(json).unwrap_or_default()
}
