//! The twin of an action: what a caller in Rust gives and gets, as types.
//!
//! The attribute sees tokens, and which parameter is data and what a function returns only the
//! compiler knows. It knows in constants, and a constant can choose an `impl`: so the twin is
//! worked out of the function's own types, aliases and the program's own extractors included.

use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use crate::action::{Input, NamedAction, Never, Output, ParamKind, Returned};
use crate::error::Error;
use crate::remote::feed::Feed;

/// An action as a caller in Rust sees it; the companion of every annotated function is one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an action that can be called from Rust",
    note = "name the function itself: `remote.call::<say>(…)`; a stream that it returns is written \
            `impl Stream<Item = …>`"
)]
pub trait Twin: NamedAction {
    /// What the caller gives, as a list.
    type Arguments;
    /// What comes on the way to the value.
    type Output;
    /// What is replied with: [`One`] or [`Many`].
    type Answer: Answer;
    /// The action's own typed error.
    type Error;
}

/// A reply that is one value.
#[derive(Debug)]
pub struct One<T>(PhantomData<fn() -> T>);

/// A reply that is a stream.
#[derive(Debug)]
pub struct Many<T>(PhantomData<fn() -> T>);

/// A kind of reply.
pub trait Answer {
    /// Whether it is a stream.
    #[doc(hidden)]
    const IS_STREAM: bool;
}

impl<T> Answer for One<T> {
    const IS_STREAM: bool = false;
}

impl<T> Answer for Many<T> {
    const IS_STREAM: bool = true;
}

/// Stands in a type for an `impl Stream<Item = T>`; there is none.
#[derive(Debug)]
pub struct Streamed<T>(PhantomData<fn() -> T>, Never);

impl<T> Stream for Streamed<T> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<T>> {
        match self.1 {}
    }
}

/// A question about a type, whose answer chooses an `impl`.
#[derive(Debug)]
pub struct Kind<const KIND: u8>;

/// From the server: no argument.
const SERVER: u8 = 0;
const DATA: u8 = 1;
const INPUT: u8 = 2;
const OUTPUT: u8 = 3;

/// Which of them a parameter is.
pub const fn kind(kind: &ParamKind) -> u8 {
    match kind {
        ParamKind::Server => SERVER,
        ParamKind::Data(..) => DATA,
        ParamKind::Input(_) => INPUT,
        ParamKind::Output(_) => OUTPUT,
    }
}

/// What the parameters from some place on come to: the arguments, and what comes on the way.
#[derive(Debug)]
pub struct Shape<Arguments, Output>(PhantomData<fn() -> (Arguments, Output)>);

/// Adds a parameter to those behind it.
pub trait Add<Parameter, Rest> {
    /// All of them.
    type Shape: Shaped;
}

impl<P, A, O> Add<P, Shape<A, O>> for Kind<SERVER> {
    type Shape = Shape<A, O>;
}

impl<P, A, O> Add<P, Shape<A, O>> for Kind<DATA> {
    type Shape = Shape<(P, A), O>;
}

impl<P, A, O> Add<Input<P>, Shape<A, O>> for Kind<INPUT> {
    type Shape = Shape<(Feed<P>, A), O>;
}

impl<P, A, O> Add<Output<P>, Shape<A, O>> for Kind<OUTPUT> {
    type Shape = Shape<A, P>;
}

/// The parts of a shape.
pub trait Shaped {
    /// What the caller gives.
    type Arguments;
    /// What comes on the way.
    type Output;
}

impl<A, O> Shaped for Shape<A, O> {
    type Arguments = A;
    type Output = O;
}

/// Whether something is the case.
#[derive(Debug)]
pub struct Is<const IS: bool>;

/// Takes a `Result` apart, where something is one.
pub trait Split<R> {
    /// What it holds.
    type Value;
    /// Its error, if that is typed.
    type Error;
}

impl<T> Split<T> for Is<false> {
    type Value = T;
    type Error = Never;
}

impl<T, E> Split<Result<T, E>> for Is<true> {
    type Value = T;
    type Error = E;
}

/// Igor's own error is no typed one.
pub trait Typed<E> {
    /// What the caller gets as the action's own.
    type Error;
}

impl<E> Typed<E> for Is<true> {
    type Error = E;
}

impl<E> Typed<E> for Is<false> {
    type Error = Never;
}

/// What a reply is.
pub trait Replied<Value, Item> {
    /// [`One`] or [`Many`].
    type Answer: Answer;
}

impl<V, I> Replied<V, I> for Is<false> {
    type Answer = One<V>;
}

impl<V, I> Replied<V, I> for Is<true> {
    type Answer = Many<I>;
}

/// The items of a stream; of what is none, the thing itself.
pub trait Items<S> {
    /// The items.
    type Item;
}

impl<S> Items<S> for Is<false> {
    type Item = S;
}

impl<S: Stream> Items<S> for Is<true> {
    type Item = S::Item;
}

/// Asks whether a type is a stream: the inherent constant is for one, that of [`NoStream`] for
/// everything else.
#[derive(Debug)]
pub struct Asked<T>(PhantomData<fn() -> T>);

impl<S: Stream> Asked<S> {
    /// It is.
    pub const IS_STREAM: bool = true;
}

/// Something that is no stream.
pub trait NoStream {
    /// It is not.
    const IS_STREAM: bool = false;
}

impl<T> NoStream for Asked<T> {}

impl Asked<Error> {
    /// It is igor's own.
    pub const IS_TYPED: bool = false;
}

/// An error that is the user's own.
pub trait OwnError {
    /// It is.
    const IS_TYPED: bool = true;
}

impl<T> OwnError for Asked<T> {}

impl<T, E> Returned<Result<T, E>> {
    /// It is.
    pub const IS_RESULT: bool = true;
}

/// Something that is no `Result`.
pub trait NoResult {
    /// It is not.
    const IS_RESULT: bool = false;
}

impl<T> NoResult for Returned<T> {}

/// Puts the twin beside the companion of an action.
#[doc(hidden)]
#[macro_export]
macro_rules! __twin {
    ($(#[$cfg:meta])* $action:ident, [$($parameter:ty),*], $reply:ty) => {
        $(#[$cfg])*
        #[allow(deprecated, non_local_definitions)]
        const _: () = {
            #[allow(unused_imports)]
            use $crate::__private::remote::{NoResult as _, NoStream as _, OwnError as _};
            type __IgorShape = $crate::__shape!($($parameter),*);
            type __IgorReply = $reply;
            type __IgorSplit = $crate::__private::remote::Is<
                { <$crate::__private::Returned<__IgorReply>>::IS_RESULT }
            >;
            type __IgorValue =
                <__IgorSplit as $crate::__private::remote::Split<__IgorReply>>::Value;
            type __IgorError =
                <__IgorSplit as $crate::__private::remote::Split<__IgorReply>>::Error;
            type __IgorStream = $crate::__private::remote::Is<
                { <$crate::__private::remote::Asked<__IgorValue>>::IS_STREAM }
            >;
            type __IgorItem =
                <__IgorStream as $crate::__private::remote::Items<__IgorValue>>::Item;
            type __IgorData = <$crate::__private::remote::Is<
                { <$crate::__private::Returned<__IgorItem>>::IS_RESULT }
            > as $crate::__private::remote::Split<__IgorItem>>::Value;
            impl $crate::__private::remote::Twin for $action {
                type Arguments =
                    <__IgorShape as $crate::__private::remote::Shaped>::Arguments;
                type Output = <__IgorShape as $crate::__private::remote::Shaped>::Output;
                type Answer = <__IgorStream as $crate::__private::remote::Replied<
                    __IgorValue,
                    __IgorData,
                >>::Answer;
                type Error = <$crate::__private::remote::Is<
                    { <$crate::__private::remote::Asked<__IgorError>>::IS_TYPED }
                > as $crate::__private::remote::Typed<__IgorError>>::Error;
            }
        };
    };
}

/// The shape of parameters.
#[doc(hidden)]
#[macro_export]
macro_rules! __shape {
    () => {
        $crate::__private::remote::Shape<(), $crate::__private::Never>
    };
    ($first:ty $(, $rest:ty)*) => {
        <$crate::__private::remote::Kind<
            { $crate::__private::remote::kind(&<$first as $crate::__private::Param>::KIND) }
        > as $crate::__private::remote::Add<$first, $crate::__shape!($($rest),*)>>::Shape
    };
}
