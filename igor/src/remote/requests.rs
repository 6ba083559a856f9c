//! Requests of the server, and who answers them here.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};

use crate::error::{Code, Error};
use crate::request::{Reply, Request};
use crate::wire::body::Body;
use crate::wire::frame;
use crate::wire::piece::Piece;

/// So many requests are answered at once. No server asks more that listens to the answers; what it
/// asks beyond them is left out.
const MOST_RUNNING: usize = 1024;

/// Makes the last frame of a request: its id, what was asked, the limit of a message.
type Handler = Arc<dyn Fn(i64, Piece, usize) -> Answering + Send + Sync>;

/// An answer that is being made.
pub(super) type Answering = Pin<Box<dyn Future<Output = Body> + Send>>;

/// Who answers what, and what is being answered.
#[derive(Default)]
pub(super) struct Requests {
    handlers: HashMap<&'static str, Handler>,
    /// Asked, and not yet begun.
    due: Vec<(i64, String, Piece)>,
    running: HashMap<i64, AbortHandle>,
}

impl Requests {
    /// Has this function answer the requests of a type.
    ///
    /// # Errors
    ///
    /// `forbidden` where another does.
    pub(super) fn handle<R, F>(
        &mut self,
        answer: impl Fn(R) -> F + Send + Sync + 'static,
    ) -> Result<(), Error>
    where
        R: Request<Reply: Reply> + DeserializeOwned,
        F: Future<Output = R::Reply> + Send + 'static,
    {
        let name = R::DESCRIPTOR.name;
        if self.handlers.contains_key(name) {
            return Err(Error::forbidden(format!("`{name}` has a handler already")));
        }
        let answer = Arc::new(answer);
        let handler = move |id, asked: Piece, most_bytes| {
            let answer = Arc::clone(&answer);
            Box::pin(async move {
                // In a task of its own and not before: whoever answers may call the server at once,
                // or panic.
                let answering = asked.read::<R>("").map(|asked| answer(asked));
                let replied = match answering {
                    Ok(answering) => frame::result(id, &answering.await, most_bytes),
                    Err(error) => Err(error),
                };
                let replied =
                    replied.and_then(|body| frame::check_size(&body, most_bytes).map(|()| body));
                replied.unwrap_or_else(|error| frame::failure(id, &error))
            }) as Answering
        };
        self.handlers.insert(name, Arc::new(handler));
        Ok(())
    }

    /// Nobody answers the requests of this name any more.
    pub(super) fn unhandle(&mut self, name: &str) {
        self.handlers.remove(name);
    }

    /// The server asks something.
    pub(super) fn ask(&mut self, id: i64, name: &str, asked: Piece) {
        let is_new = !self.running.contains_key(&id);
        if is_new && self.due.len() + self.running.len() < MOST_RUNNING {
            self.due.push((id, name.to_owned(), asked));
        }
    }

    /// The server no longer waits for an answer.
    pub(super) fn stop(&mut self, id: i64) {
        self.due.retain(|(due, ..)| *due != id);
        if let Some(running) = self.running.remove(&id) {
            running.abort();
        }
    }

    /// The session is gone that was to bring the answers.
    pub(super) fn stop_all(&mut self) {
        self.due.clear();
        self.running.drain().for_each(|(_, running)| running.abort());
    }

    /// Begins what was asked meanwhile.
    pub(super) fn begin(&mut self, tasks: &mut JoinSet<(i64, Body)>, most_bytes: usize) {
        for (id, name, asked) in std::mem::take(&mut self.due) {
            let answering: Answering = match self.handlers.get(name.as_str()) {
                Some(handler) => handler(id, asked, most_bytes),
                None => {
                    let text = format!("nobody here handles `{name}`");
                    let body = frame::failure(id, &Error::new(Code::UnknownAction, text));
                    Box::pin(std::future::ready(body))
                }
            };
            self.running.insert(id, tasks.spawn(async move { (id, answering.await) }));
        }
    }

    /// The answer of a task that has ended, unless nobody waits for it any more.
    pub(super) fn answered(
        &mut self,
        ended: Result<(Id, (i64, Body)), JoinError>,
    ) -> Option<(i64, Body)> {
        let task = ended.as_ref().map_or_else(JoinError::id, |(task, _)| *task);
        let (id, _) = self.running.iter().find(|(_, running)| running.id() == task)?;
        let id = *id;
        self.running.remove(&id);
        Some(match ended {
            Ok((_, answer)) => answer,
            Err(_) => (id, frame::failure(id, &Error::new(Code::Internal, "the handler panicked"))),
        })
    }
}

impl fmt::Debug for Requests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Requests").field("running", &self.running.len()).finish_non_exhaustive()
    }
}
