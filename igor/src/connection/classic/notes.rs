//! What the two directions of a classic client's socket know in common.

use std::sync::{Mutex, MutexGuard};

use tokio::sync::Notify;

use crate::wire::classic::{Kind, Left, Streams};

/// Held by the connection, which opens streams, and by what interprets for it, under the lock of
/// the socket.
#[derive(Debug, Default)]
pub(super) struct Notes {
    state: Mutex<State>,
    noted: Notify,
}

#[derive(Debug, Default)]
struct State {
    streams: Streams,
    news: News,
}

/// What the connection is to do about what was written.
#[derive(Debug, Default)]
pub(super) struct News {
    /// The highest number that was written: nobody comes back for it, so that it need not be kept.
    pub(super) written: u64,
    pub(super) left: Vec<Left>,
}

impl Notes {
    /// Opens a stream under the client's id; gives the one that it has in `igor.1`.
    pub(super) fn open(&self, id: &str, kind: Kind) -> i64 {
        self.state().streams.open(id, kind)
    }

    /// What a frame of igor's own is in the classic dialect; the connection hears of it.
    pub(super) fn translate(&self, frame: &str, is_binary: bool) -> Vec<String> {
        let mut state = self.state();
        let translated = state.streams.translate(frame, is_binary);
        state.news.written = translated.n.unwrap_or(state.news.written);
        state.news.left.extend(translated.left);
        drop(state);
        self.noted.notify_one();
        translated.frames
    }

    /// Waits until something was noted.
    pub(super) async fn noted(&self) {
        self.noted.notified().await;
    }

    /// What was noted since the last time.
    pub(super) fn take(&self) -> News {
        let mut state = self.state();
        News { written: state.news.written, left: std::mem::take(&mut state.news.left) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds this lock.
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
