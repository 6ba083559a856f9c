//! Outputs: items that a call sends on its way to the result.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::action::context::CallContext;
use crate::data::Data;
use crate::error::Error;

/// A way to send items to the caller while the action runs, as progress or rows.
pub struct Output<T> {
    context: Arc<CallContext>,
    item: PhantomData<fn(T)>,
}

impl<T: Data> Output<T> {
    pub(super) fn new(context: &Arc<CallContext>) -> Self {
        Output { context: Arc::clone(context), item: PhantomData }
    }

    /// Sends an item, as soon as the caller has granted credit for it and keeps up.
    ///
    /// # Errors
    ///
    /// `cancelled` when the call is over, `unsendable` when the wire cannot hold the item exactly,
    /// `too_large` when it is over the limit of a message.
    ///
    /// # Cancel safety
    ///
    /// When the future is dropped the item was not sent, but its credit may be used up.
    pub async fn send(&self, item: T) -> Result<(), Error> {
        self.context.output(item).await
    }
}

impl<T> Clone for Output<T> {
    fn clone(&self) -> Self {
        Output { context: Arc::clone(&self.context), item: PhantomData }
    }
}

impl<T> fmt::Debug for Output<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Output").field(&self.context).finish()
    }
}
