//! Pictures: what is shown in a room beside words.
//!
//! Their bytes do not go through calls: a page writes them into a mount and reads them from there.
//! Here a picture has its name, which is never one that somebody chose.

use igor::Scope;

use crate::chat::Chat;
use crate::person::Speaker;
use crate::store::StoreError;

/// What may be shown, by its media type, and what the name of such a file ends in. SVG is not
/// among them: it is a program as much as a picture.
pub const KINDS: [(&str, &str); 5] = [
    ("image/png", "png"),
    ("image/jpeg", "jpg"),
    ("image/gif", "gif"),
    ("image/webp", "webp"),
    ("image/avif", "avif"),
];

/// How many bytes a picture may have.
pub const MOST_BYTES: u64 = 8 << 20;

/// Why a picture was not taken.
#[igor::data]
#[derive(Debug, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PictureError {
    /// It is none, or of a kind that is not shown.
    #[error("only these can be shown: {}", kinds.join(", "))]
    NoPicture {
        /// What can be, as the names of such files end.
        kinds: Vec<String>,
    },
    /// It is larger than a picture may be.
    #[error("a picture has at most {limit} bytes")]
    TooLarge {
        /// How many bytes it may have.
        limit: u64,
    },
    /// The history could not be asked; the log of the server says why.
    #[error("the picture could not be taken")]
    Unkept,
}

/// Asks for a picture to be taken, by its media type and its size in bytes.
///
/// The answer is the name under which to write it into the mount `pictures`, and then to say it.
#[igor::action("chat.picture", blocking)]
pub fn picture(
    kind: String,
    bytes: u64,
    _me: Speaker,
    chat: Scope<Chat>,
) -> Result<String, PictureError> {
    let Some((_, ending)) = KINDS.iter().find(|(shown, _)| *shown == kind) else {
        let kinds = KINDS.iter().map(|(_, ending)| (*ending).to_owned()).collect();
        return Err(PictureError::NoPicture { kinds });
    };
    if bytes > MOST_BYTES {
        return Err(PictureError::TooLarge { limit: MOST_BYTES });
    }
    Ok(format!("{}.{ending}", chat.store.fresh()?))
}

/// Whether a picture has a name as they are given above: whatever else a page says is no picture,
/// and no path either.
pub(crate) fn is_name(name: &str) -> bool {
    let is_sign = |sign: u8| matches!(sign, b'0'..=b'9' | b'a'..=b'f');
    name.split_once('.').is_some_and(|(fresh, ending)| {
        fresh.len() == 32
            && fresh.bytes().all(is_sign)
            && KINDS.iter().any(|(_, shown)| *shown == ending)
    })
}

impl From<StoreError> for PictureError {
    fn from(cause: StoreError) -> Self {
        tracing::error!(%cause, "picture not taken");
        PictureError::Unkept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_were_given_are_pictures() {
        let fresh = "0123456789abcdef0123456789abcdef";
        assert!(is_name(&format!("{fresh}.png")));
        for name in [
            "",
            "cat.png",
            fresh,
            &format!("{fresh}.svg"),
            &format!("{fresh}.png.html"),
            &format!("{fresh}.PNG"),
            &format!("../{fresh}.png"),
            &format!("{}/.png", &fresh[1..]),
        ] {
            assert!(!is_name(name), "{name}");
        }
    }
}
