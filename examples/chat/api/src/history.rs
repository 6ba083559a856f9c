//! History: what was said before.

use futures_util::stream::{self, Stream, TryStreamExt as _};
use igor::Scope;

use crate::chat::Chat;
use crate::line::Line;

/// How many lines are read from the file at once.
const PAGE: u32 = 64;

/// Reads a room's history, the newest line first, from before a line or from the end.
///
/// Take as much as you need and leave the loop: nothing further is read.
#[igor::action("chat.history")]
pub fn history(
    room: String,
    before: Option<i64>,
    chat: Scope<Chat>,
) -> impl Stream<Item = igor::Result<Line>> {
    // A page is read when the reader has come to the end of the one before.
    let pages = stream::try_unfold(before.unwrap_or(i64::MAX), move |before| {
        let (store, room) = (chat.store.clone(), room.clone());
        async move {
            let page = store.ask(move |store| store.before(&room, before, PAGE)).await?;
            let next = page.last().map(|oldest| oldest.id);
            Ok::<_, igor::Error>(next.map(|next| (stream::iter(page.into_iter().map(Ok)), next)))
        }
    });
    pages.try_flatten()
}
