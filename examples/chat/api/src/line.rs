//! Lines: what is said in a room.

use igor::{Hub, Scope};

use crate::chat::Chat;
use crate::person::Speaker;
use crate::picture;
use crate::store::StoreError;

/// How many characters a line may have.
const LONGEST: usize = 2_000;

/// Something that was said.
#[igor::data]
#[derive(Clone, Debug)]
pub struct Line {
    /// Its number; later lines have higher ones.
    pub id: i64,
    /// The room it was said in.
    pub room: String,
    /// Who said it; `null` where Igor, the chat itself, speaks.
    pub who: Option<String>,
    /// What was said; beside a picture, what is to be seen there, or nothing.
    pub text: String,
    /// The picture that was shown, by its name in the mount `pictures`.
    pub picture: Option<String>,
    /// When, in milliseconds since 1970.
    pub at: i64,
}

/// Somebody said something in a room that you are in.
#[igor::event("chat.said")]
pub struct Said {
    /// What was said.
    pub line: Line,
}

/// Why a line was not taken.
#[igor::data]
#[derive(Debug, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SayError {
    /// There was nothing but blanks, and no picture.
    #[error("an empty line says nothing")]
    Empty,
    /// It is longer than a line may be.
    #[error("a line has at most {limit} characters")]
    TooLong {
        /// How many characters it may have.
        limit: u32,
    },
    /// The caller is not in the room.
    #[error("you are not in `{room}`")]
    Outside {
        /// The room.
        room: String,
    },
    /// The picture is none that `chat.picture` has named.
    #[error("there is no such picture")]
    UnknownPicture,
    /// The history could not be written; the log of the server says why.
    #[error("the line could not be kept")]
    Unkept,
}

/// Says a line in a room, or shows a picture that lies in the mount `pictures`.
#[igor::action("chat.say", blocking)]
pub fn say(
    room: String,
    text: String,
    picture: Option<String>,
    me: Speaker,
    chat: Scope<Chat>,
    hub: Hub,
) -> Result<Line, SayError> {
    speak(&room, &text, picture.as_deref(), &me, &chat, &hub)
}

/// Keeps a line and tells it, unless something stands against it. It blocks.
pub(crate) fn speak(
    room: &str,
    text: &str,
    picture: Option<&str>,
    me: &Speaker,
    chat: &Chat,
    hub: &Hub,
) -> Result<Line, SayError> {
    let text = text.trim();
    if text.is_empty() && picture.is_none() {
        return Err(SayError::Empty);
    }
    if text.chars().count() > LONGEST {
        return Err(SayError::TooLong { limit: LONGEST as u32 });
    }
    if !me.is_in(room) {
        return Err(SayError::Outside { room: room.to_owned() });
    }
    if picture.is_some_and(|name| !picture::is_name(name)) {
        return Err(SayError::UnknownPicture);
    }
    Ok(chat.post(hub, room, Some(&me.name), text, picture)?)
}

impl From<StoreError> for SayError {
    fn from(cause: StoreError) -> Self {
        igor::Error::from(cause).into()
    }
}

impl From<igor::Error> for SayError {
    /// What went wrong inside is for the log, not for the page.
    fn from(cause: igor::Error) -> Self {
        tracing::error!(?cause, "line not kept");
        SayError::Unkept
    }
}
