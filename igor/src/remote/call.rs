//! A call, as its caller holds it.

use std::fmt;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::error::{Code, Error};
use crate::remote::Remote;
use crate::remote::failed::{Caught, Failed};
use crate::remote::feed::Source;
use crate::remote::open::Failure;
use crate::remote::twin::{Many, One, Twin};
use crate::wire::frame;
use crate::wire::piece::Piece;

/// A call of an action, which was sent, or waits to be. Awaited, it gives the action's value;
/// where the action replies with a stream, it is that stream. Dropped, it cancels the call.
///
/// An input is read while the call is awaited, or its outputs or items are.
#[must_use = "a call that is dropped is cancelled"]
pub struct Call<A> {
    remote: Remote,
    /// Its id; `Err` for a call that has ended or was never sent, with the error that its caller
    /// has not been given yet.
    id: Result<i64, Option<Error>>,
    /// What is left of its input.
    source: Option<Box<dyn Source>>,
    /// When it has to have ended; for when the server cannot say so.
    deadline: Option<Pin<Box<Sleep>>>,
    action: PhantomData<fn() -> A>,
}

/// What happens to a call.
enum Happening {
    Item(Piece),
    End(Result<Piece, Failure>),
    /// It has ended; how is left for whoever polls for the end.
    Over,
}

/// What the caller polls a call for.
#[derive(Clone, Copy, PartialEq)]
enum Wants {
    /// Items, and then the end.
    Items,
    /// Items alone.
    Outputs,
    /// The end alone.
    End,
}

impl<A> Call<A> {
    pub(super) fn new(
        remote: &Remote,
        id: Result<i64, Error>,
        source: Option<Box<dyn Source>>,
        deadline: Option<Instant>,
    ) -> Self {
        let deadline = deadline.map(|deadline| Box::pin(sleep_until(deadline)));
        let id = id.map_err(Some);
        Call { remote: remote.clone(), id, source, deadline, action: PhantomData }
    }

    fn advance(&mut self, cx: &mut Context<'_>, wants: Wants) -> Poll<Happening> {
        let id = match &mut self.id {
            Ok(id) => *id,
            Err(_) if wants == Wants::Outputs => return Poll::Ready(Happening::Over),
            Err(error) => {
                let error = error.take().unwrap_or_else(over);
                return Poll::Ready(Happening::End(Err(Failure { error, data: None })));
            }
        };
        if let Err(error) = self.feed(id, cx) {
            self.remote.core().with(|state| state.forget(id));
            self.id = Err(Some(error));
            return self.advance(cx, wants);
        }
        let happening = self.remote.core().with(|state| {
            let open = state.calls.get_mut(&id)?;
            if wants != Wants::End
                && let Some(item) = open.take()
            {
                state.grant(id);
                return Some(Happening::Item(item));
            }
            if wants == Wants::Outputs && open.end.is_some() {
                return Some(Happening::Over);
            }
            if open.end.is_none() {
                open.waker = Some(cx.waker().clone());
            }
            state.take_end(id).map(Happening::End)
        });
        match happening {
            Some(Happening::End(end)) => {
                self.id = Err(None);
                self.source = None;
                Poll::Ready(Happening::End(end))
            }
            Some(item) => Poll::Ready(item),
            None if self.is_late(cx) => {
                self.remote.core().with(|state| state.forget(id));
                let text = "no answer within the time that the call may take";
                self.id = Err(Some(Error::new(Code::DeadlineExceeded, text)));
                self.source = None;
                self.advance(cx, wants)
            }
            None => Poll::Pending,
        }
    }

    fn is_late(&mut self, cx: &mut Context<'_>) -> bool {
        self.deadline.as_mut().is_some_and(|deadline| deadline.as_mut().poll(cx).is_ready())
    }

    /// Sends as much of the input as the server wants and there is room for.
    fn feed(&mut self, id: i64, cx: &mut Context<'_>) -> Result<(), Error> {
        while let Some(source) = &mut self.source {
            let most_bytes = self.remote.core().with(|state| {
                let has_room = state.has_room();
                let open = state.calls.get_mut(&id)?;
                if !open.is_hungry() {
                    return None;
                }
                if !has_room {
                    state.crowded.push(cx.waker().clone());
                    return None;
                }
                Some(state.limits.message_bytes)
            });
            let Some(most_bytes) = most_bytes else { return Ok(()) };
            let Poll::Ready(item) = source.poll_body(cx, id, most_bytes) else { return Ok(()) };
            let item = item.transpose()?;
            if item.is_none() {
                self.source = None;
            }
            self.remote.core().with(|state| {
                if let (Some(body), Some(open)) = (&item, state.calls.get_mut(&id)) {
                    open.feed(body.len());
                }
                state.post(id, item.unwrap_or_else(|| frame::end(id)));
            });
        }
        Ok(())
    }

    fn failed<E: Caught>(failure: Failure) -> Failed<E> {
        let Failure { error, data } = failure;
        match data.filter(|_| error.code() == Code::ActionFailed) {
            Some(data) => E::caught(&data).map_or_else(Failed::Igor, Failed::Action),
            None => Failed::Igor(error),
        }
    }
}

impl<A: Twin<Output: DeserializeOwned>> Call<A> {
    /// Waits for the next output that the action sends beside its value; `None` when it has ended.
    /// Beside a value outputs are a courtesy: of those that nobody takes, the oldest are dropped.
    ///
    /// # Errors
    ///
    /// `bad_data` when it is not of the type that it should be.
    ///
    /// # Cancel safety
    ///
    /// No item is lost when the future is dropped.
    pub async fn output(&mut self) -> Option<Result<A::Output, Error>> {
        poll_fn(|cx| {
            self.advance(cx, Wants::Outputs).map(|happening| match happening {
                Happening::Item(item) => Some(item.read("")),
                Happening::End(_) | Happening::Over => None,
            })
        })
        .await
    }
}

impl<A, T> Call<A>
where
    A: Twin<Answer = Many<T>, Error: Caught>,
    T: DeserializeOwned,
{
    /// Waits for the next item of the stream; `None` at its end.
    ///
    /// # Errors
    ///
    /// How the stream failed; it has ended then.
    ///
    /// # Cancel safety
    ///
    /// No item is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Result<T, Failed<A::Error>>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl<A, T> Stream for Call<A>
where
    A: Twin<Answer = Many<T>, Error: Caught>,
    T: DeserializeOwned,
{
    type Item = Result<T, Failed<A::Error>>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let call = self.get_mut();
        if matches!(call.id, Err(None)) {
            return Poll::Ready(None);
        }
        call.advance(cx, Wants::Items).map(|happening| match happening {
            Happening::Item(item) => Some(item.read("").map_err(Failed::Igor)),
            Happening::End(Ok(_)) | Happening::Over => None,
            Happening::End(Err(failure)) => Some(Err(Self::failed(failure))),
        })
    }
}

impl<A, T> Future for Call<A>
where
    A: Twin<Answer = One<T>, Error: Caught>,
    T: DeserializeOwned,
{
    type Output = Result<T, Failed<A::Error>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let call = self.get_mut();
        call.advance(cx, Wants::End).map(|happening| match happening {
            Happening::End(Ok(value)) => value.read("").map_err(Failed::Igor),
            Happening::End(Err(failure)) => Err(Self::failed(failure)),
            Happening::Item(_) | Happening::Over => Err(Failed::Igor(over())),
        })
    }
}

impl<A> Unpin for Call<A> {}

impl<A> Drop for Call<A> {
    fn drop(&mut self) {
        if let Ok(id) = self.id {
            self.remote.core().with(|state| state.forget(id));
        }
    }
}

impl<A> fmt::Debug for Call<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("id", &self.id).finish_non_exhaustive()
    }
}

fn over() -> Error {
    Error::new(Code::Cancelled, "the call has ended, and its end was taken")
}
