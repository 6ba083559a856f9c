//! Feeds: what stands in the place of an action's `Input<T>`.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde::Serialize;

use crate::error::Error;
use crate::wire::body::Body;
use crate::wire::frame;

/// The items of an [`Input<T>`](crate::Input), sent as fast as the action reads them; any stream
/// of `T` becomes one.
pub struct Feed<T>(Pin<Box<dyn Stream<Item = T> + Send>>);

impl<T, S: Stream<Item = T> + Send + 'static> From<S> for Feed<T> {
    fn from(items: S) -> Self {
        Feed(Box::pin(items))
    }
}

impl<T> fmt::Debug for Feed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Feed")
    }
}

/// Where items come from, whatever their type.
pub trait Source: Send {
    /// The next one, as a body of the call with this id.
    #[doc(hidden)]
    fn poll_body(
        &mut self,
        cx: &mut Context<'_>,
        stream_id: i64,
        most_bytes: usize,
    ) -> Poll<Option<Result<Body, Error>>>;
}

impl<T: Serialize> Source for Feed<T> {
    fn poll_body(
        &mut self,
        cx: &mut Context<'_>,
        stream_id: i64,
        most_bytes: usize,
    ) -> Poll<Option<Result<Body, Error>>> {
        let item = ready!(self.0.as_mut().poll_next(cx));
        Poll::Ready(item.map(|item| {
            let body = frame::output(stream_id, &item, most_bytes)?;
            frame::check_size(&body, most_bytes).map(|()| body)
        }))
    }
}
