//! Inputs: items that the caller sends while the action runs.

use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde::de::DeserializeOwned;

use crate::action::context::CallContext;
use crate::error::Error;
use crate::session::input::{InputQueue, Taken};

/// The items that the caller sends while the action runs, as rows of a file.
///
/// The caller is at most 256 items ahead of the action, and about 256 KiB: an action that is slow
/// slows it down. An action that returns early stops it.
pub struct Input<T> {
    context: Arc<CallContext>,
    /// The table of open calls holds it too, and puts the items in.
    queue: Arc<InputQueue>,
    name: &'static str,
    /// Items that were taken.
    count: u64,
    is_over: bool,
    item: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Input<T> {
    pub(super) fn new(context: &Arc<CallContext>, name: &'static str) -> Self {
        let queue = context.open_input();
        let context = Arc::clone(context);
        Input { context, queue, name, count: 0, is_over: false, item: PhantomData }
    }

    /// Waits for the next item; `None` when the caller has sent them all.
    ///
    /// # Errors
    ///
    /// `bad_data` when an item does not fit, with its place, or when what the caller reads from
    /// failed; `cancelled` when the call is over.
    ///
    /// # Cancel safety
    ///
    /// No item is lost when the future is dropped.
    pub async fn next(&mut self) -> Result<Option<T>, Error> {
        poll_fn(|cx| self.poll_item(cx)).await.transpose()
    }

    fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        // Where the items never end, let others run now and then.
        let progress = ready!(tokio::task::coop::poll_proceed(cx));
        let context = &self.context;
        let taken = ready!(self.queue.poll_take(cx, |more| context.grant(more)));
        progress.made_progress();
        let end = match taken {
            Taken::Item(item) => {
                let at = self.count;
                self.count += 1;
                let place = || format!("{}[{at}]", self.name);
                return Poll::Ready(Some(item.read("").or_else(|_| item.read(&place()))));
            }
            Taken::End => None,
            Taken::Failed(error) => Some(Err(error)),
        };
        self.is_over = true;
        Poll::Ready(end)
    }
}

/// The items, each as [`Input::next`] has it.
impl<T: DeserializeOwned> Stream for Input<T> {
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_item(cx)
    }
}

impl<T> fmt::Debug for Input<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Input").field(&self.context).finish()
    }
}
