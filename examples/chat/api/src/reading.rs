//! Reading aloud: a text of many lines, said in a room one after another.

use std::sync::Arc;
use std::time::Duration;

use igor::{Hub, Input, Output, Scope};

use crate::chat::Chat;
use crate::line::{SayError, speak};
use crate::person::Speaker;

/// Between two lines a reader takes breath, so that a long text is no flood.
const BREATH: Duration = Duration::from_millis(10);

/// Why a text was not read to its end. The lines before have been said.
#[igor::data]
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct ReadError {
    /// Which line it was, the first is 1.
    pub line: u32,
    /// Why it was not said.
    pub why: SayError,
}

/// Reads a text aloud in a room, and tells how many of its lines were said so far.
///
/// It takes the lines as it says them: whatever the length of the text, only a few are on their
/// way. Cancel it, and the rest stays unread.
#[igor::action("chat.read_aloud", concurrency = 1)]
pub async fn read_aloud(
    room: String,
    mut lines: Input<String>,
    said: Output<u32>,
    me: Speaker,
    chat: Scope<Chat>,
    hub: Hub,
) -> Result<u32, ReadError> {
    let reader = Arc::new(Reader { room, me, chat, hub });
    let mut line = 1;
    while say_next(&reader, &mut lines).await.map_err(|why| ReadError { line, why })? {
        said.send(line).await.map_err(|cause| ReadError { line, why: cause.into() })?;
        line += 1;
        tokio::time::sleep(BREATH).await;
    }
    Ok(line - 1)
}

/// Who reads, and where.
struct Reader {
    room: String,
    me: Speaker,
    chat: Scope<Chat>,
    hub: Hub,
}

/// Takes the next line and says it; false when there is none.
async fn say_next(reader: &Arc<Reader>, lines: &mut Input<String>) -> Result<bool, SayError> {
    let Some(text) = lines.next().await? else { return Ok(false) };
    let reader = Arc::clone(reader);
    let say = move || {
        let Reader { room, me, chat, hub } = &*reader;
        speak(room, &text, None, me, chat, hub)
    };
    tokio::task::spawn_blocking(say).await.map_err(igor::Error::internal)??;
    Ok(true)
}
