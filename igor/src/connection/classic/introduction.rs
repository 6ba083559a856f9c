//! A classic client says its name: `introduce_self`, as in the ancestor.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use serde::Deserialize;
use tracing::field::display;
use tracing::{Span, debug};

use crate::connection::dispatch::Dispatch;
use crate::connection::greeting::authorize;
use crate::error::Error;
use crate::identity::{Handshake, Known};
use crate::wire::hello::check_name;
use crate::wire::{decode, frame};

/// The action that is igor's own in the classic dialect.
pub(super) const INTRODUCTION: &str = "introduce_self";

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Said {
    client_id: String,
}

/// A name that was said, until it is known who says it: the program, where it decides who clients
/// are, decides again.
pub(super) struct Introduction(Pin<Box<dyn Future<Output = Introduced> + Send>>);

/// A name, and who says it.
pub(super) struct Introduced {
    /// The stream that is to be answered.
    id: i64,
    name: String,
    known: Result<Option<Known>, Error>,
}

impl Introduction {
    /// Begins with what was said on a stream, or answers it at once where that is nothing that a
    /// name can be; `shown` is what the program decides by, if it decides.
    pub(super) fn begin(
        id: i64,
        data: Option<&str>,
        shown: Option<Box<Handshake>>,
        dispatch: &Dispatch,
    ) -> Option<Self> {
        let said = decode::read::<Said>(data.unwrap_or("null"), "data");
        let said = said.and_then(|said| check_name(&said.client_id, "client_id").map(|()| said));
        let name = match said {
            Ok(Said { client_id }) => client_id,
            Err(error) => {
                dispatch.finish(frame::failure(id, &error));
                return None;
            }
        };
        let front = Arc::clone(&dispatch.front);
        Some(Introduction(Box::pin(async move {
            let known = match shown {
                Some(shown) => authorize(Some(&name), shown, &front).await,
                None => Ok(None),
            };
            Introduced { id, name, known }
        })))
    }
}

impl Future for Introduction {
    type Output = Introduced;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Introduced> {
        self.0.as_mut().poll(cx)
    }
}

impl Introduced {
    /// Has the client go on under its name, if it may, and answers it.
    pub(super) fn settle(self, dispatch: &mut Dispatch) {
        let Introduced { id, name, known } = self;
        let front = &dispatch.front;
        let introduced = known.and_then(|known| {
            front.shared.sessions.introduce(&dispatch.session, &name, known, front.trust)
        });
        let answer = match introduced {
            Ok(record) => {
                let (from, to) = (&dispatch.record.client_id, &record.client_id);
                debug!(client = %from, name = %to, "client introduced itself");
                Span::current().record("client", display(to));
                dispatch.record = record;
                frame::end(id)
            }
            Err(error) => frame::failure(id, &error),
        };
        dispatch.finish(answer);
    }
}
