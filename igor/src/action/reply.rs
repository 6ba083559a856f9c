//! What an action returns: nothing, a value, a stream, or a `Result` of one.
//!
//! Which of them a function returns is inferred, never read from its tokens, so that an alias of
//! `Result` is a `Result`.

use std::fmt::{Display, Formatter};
use std::future::Future;
use std::marker::PhantomData;
use std::pin::pin;
use std::sync::Arc;

use futures_core::Stream;
use futures_util::StreamExt as _;

use crate::action::call::Call;
use crate::action::context::CallContext;
use crate::action::item::Item;
use crate::action::replied::Replied;
use crate::action::signature::{ReplyKind, Signature};
use crate::data::{Data, DataType};
use crate::error::Error;
use crate::wire::body::Body;
use crate::wire::frame;

/// The error of an action that has none.
#[derive(Debug)]
pub enum Never {}

impl Display for Never {
    fn fmt(&self, _: &mut Formatter<'_>) -> std::fmt::Result {
        match *self {}
    }
}

/// What a function returned. Its inherent `split` is for a `Result`; the one of [`Plain`] is
/// chosen for everything else.
#[derive(Debug)]
pub struct Returned<R>(pub R);

impl<T, E> Returned<Result<T, E>> {
    /// The `Result` itself.
    #[allow(clippy::missing_errors_doc)]
    pub fn split(self) -> Result<T, E> {
        self.0
    }
}

/// Something returned that is not a `Result`.
pub trait Plain {
    /// What was returned.
    type Value;

    /// The value, which is never an error.
    #[allow(clippy::missing_errors_doc)]
    fn split(self) -> Result<Self::Value, Never>;
}

impl<T> Plain for Returned<T> {
    type Value = T;

    fn split(self) -> Result<T, Never> {
        Ok(self.0)
    }
}

/// Marks a reply that is one value.
#[derive(Debug)]
pub struct AsValue;

/// Marks a reply that is a stream; whether its items are data or `Result`s is inferred, too.
#[derive(Debug)]
pub struct AsStream<ItemKind>(PhantomData<ItemKind>);

/// What can be sent as the reply of an action; the marker is inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned from an action",
    label = "neither data nor a stream of data",
    note = "put `#[igor::data]` on the type, or return `impl Stream<Item = …>` of data; what is \
            returned must also be `Send`"
)]
pub trait Payload<Kind>: Sized + Send + 'static {
    /// Its kind and type.
    const KIND: ReplyKind;

    /// Sends it; the future gives the body of the call's last frame.
    #[doc(hidden)]
    fn finish(self, context: &CallContext) -> impl Future<Output = Result<Body, Error>> + Send;
}

#[diagnostic::do_not_recommend]
impl<T: Data> Payload<AsValue> for T {
    const KIND: ReplyKind = ReplyKind::Value(DataType::of::<T>());

    async fn finish(self, context: &CallContext) -> Result<Body, Error> {
        context.write(self, frame::result).await
    }
}

#[diagnostic::do_not_recommend]
impl<ItemKind, S> Payload<AsStream<ItemKind>> for S
where
    S: Stream<Item: Item<ItemKind>> + Send + 'static,
{
    const KIND: ReplyKind = ReplyKind::Stream(DataType::of::<<S::Item as Item<ItemKind>>::Data>());

    async fn finish(self, context: &CallContext) -> Result<Body, Error> {
        let mut items = pin!(self);
        // The item stands before its credit, so that the end, which needs none, is found without.
        while let Some(item) = items.next().await {
            context.output(item.into_data()?).await?;
        }
        Ok(frame::end(context.stream_id))
    }
}

/// What can be the error of an action: data with a text, or igor's own [`Error`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the error of an action",
    label = "the error is neither data that has a text (`Display`) nor `igor::Error`",
    note = "put `#[igor::data]` and `#[derive(Debug, thiserror::Error)]` on the error type",
    note = "of an error that the page need not tell apart: return `igor::Result` and \
            `.map_err(igor::Error::internal)`"
)]
pub trait Failure: Sized + Send + 'static {
    /// Its type, if the caller gets it typed.
    const KIND: Option<DataType>;

    /// The body of the call's last frame.
    #[doc(hidden)]
    #[allow(clippy::missing_errors_doc)]
    fn finish(self, context: &CallContext) -> Result<Body, Error>;
}

#[diagnostic::do_not_recommend]
impl<E: Data + Display> Failure for E {
    const KIND: Option<DataType> = Some(DataType::of::<E>());

    fn finish(self, context: &CallContext) -> Result<Body, Error> {
        let most = context.shared.message_bytes;
        frame::action_failed(context.stream_id, &self, &self.to_string(), most)
    }
}

impl Failure for Error {
    const KIND: Option<DataType> = None;

    fn finish(self, _context: &CallContext) -> Result<Body, Error> {
        Err(self)
    }
}

impl Failure for Never {
    const KIND: Option<DataType> = None;

    fn finish(self, _context: &CallContext) -> Result<Body, Error> {
        match self {}
    }
}

/// Makes the signature of an action from the closure that runs it; all inference happens here.
///
/// The outer `Result` is of the parameters, the inner one the function's own.
pub fn signature<F, Fut, T, E, Kind>(handler: F) -> Signature
where
    F: Fn(Call) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Result<T, E>, Error>> + Send + 'static,
    T: Payload<Kind>,
    E: Failure,
{
    let start = move |call: Call| {
        let context = Arc::clone(call.context());
        let returned = handler(call);
        let running = async move {
            match returned.await {
                Ok(Ok(value)) => value.finish(&context).await.map(Replied::value),
                Ok(Err(error)) => error.finish(&context).map(Replied::error),
                Err(error) => Err(error),
            }
        };
        Box::pin(running) as _
    };
    Signature { reply: T::KIND, error: E::KIND, guard: None, start: Arc::new(start) }
}

/// Asks the compiler whether a future is `Send`, at the place of the call.
pub fn is_send<F: Future + Send>(future: F) -> F {
    future
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use ts_rs::Config;

    use super::*;

    #[test]
    fn a_stream_of_results_is_typed_as_what_they_hold() {
        let signature = signature(|_call| async {
            let rows = stream::iter([Ok::<u32, Error>(1), Err(Error::internal("no more"))]);
            Ok(Returned(rows).split())
        });
        let ReplyKind::Stream(item) = signature.reply else { panic!("a stream was returned") };
        assert_eq!((item.name)(&Config::default()), "number");
        assert!(signature.error.is_none());
    }
}
