//! Guards: what decides whether a call may be made, before any of its arguments is read.

use std::fmt::Display;
use std::future::Future;

use crate::action::call::Call;
use crate::action::param::{Param, ParamKind};
use crate::action::reply::{Failure, Never, Payload, signature};
use crate::action::signature::{Guarded, Signature};
use crate::data::Data;
use crate::error::Error;
use crate::scope::Scopes;

/// A function that decides whether a call may be made: of what the server hands over, `async` or
/// not, to a `bool` or a `Result<(), _>`. The kind is inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a guard",
    label = "not a function of what the server hands over to a `bool` or a `Result<(), _>`",
    note = "write it as `fn is_admin(user: Identity<User>) -> bool`, `async` if it waits; at most \
            four parameters"
)]
pub trait Guard<Kind>: Sync {
    /// What it says.
    type Verdict;

    /// Whether one of its parameters is the caller's to give.
    const TAKES_DATA: bool;

    /// Asks it.
    #[doc(hidden)]
    fn ask(&self, call: &Call) -> impl Future<Output = Result<Self::Verdict, Error>> + Send;

    /// Whether the server can hand over what it asks for.
    #[doc(hidden)]
    #[allow(clippy::missing_errors_doc)]
    fn check(scopes: &Scopes) -> Result<(), Error>;
}

/// Marks a guard that answers at once, and what it takes.
#[derive(Debug)]
pub struct AtOnce<Takes>(std::marker::PhantomData<Takes>);

/// Marks a guard that waits, and what it takes.
#[derive(Debug)]
pub struct Waits<Takes>(std::marker::PhantomData<Takes>);

/// What a guard that answers at once may say; by it such a one is told from one that waits.
pub trait Ruling {}

impl Ruling for bool {}

impl<E> Ruling for Result<(), E> {}

const fn is_data(kind: ParamKind) -> bool {
    !matches!(kind, ParamKind::Server)
}

macro_rules! guards {
    ($($takes:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<G, R, $($takes),*> Guard<AtOnce<($($takes,)*)>> for G
        where
            G: Fn($($takes),*) -> R + Sync,
            R: Ruling + Send,
            $($takes: Param + Send,)*
        {
            type Verdict = R;
            const TAKES_DATA: bool = false $(|| is_data($takes::KIND))*;

            async fn ask(&self, _call: &Call) -> Result<R, Error> {
                Ok(self($($takes::from_call(_call, "")?),*))
            }

            fn check(_scopes: &Scopes) -> Result<(), Error> {
                $($takes::check(_scopes)?;)*
                Ok(())
            }
        }

        #[diagnostic::do_not_recommend]
        impl<G, Fut, $($takes),*> Guard<Waits<($($takes,)*)>> for G
        where
            G: Fn($($takes),*) -> Fut + Sync,
            Fut: Future<Output: Ruling> + Send,
            $($takes: Param + Send,)*
        {
            type Verdict = Fut::Output;
            const TAKES_DATA: bool = false $(|| is_data($takes::KIND))*;

            async fn ask(&self, _call: &Call) -> Result<Fut::Output, Error> {
                Ok(self($($takes::from_call(_call, "")?),*).await)
            }

            fn check(_scopes: &Scopes) -> Result<(), Error> {
                $($takes::check(_scopes)?;)*
                Ok(())
            }
        }
    };
}

guards!();
guards!(A);
guards!(A B);
guards!(A B C);
guards!(A B C D);

/// What a guard says, as the end of a call of an action whose own error is `E`; the kind is
/// inferred.
#[diagnostic::on_unimplemented(
    message = "a guard that says `{Self}` cannot refuse a call of this action",
    label = "its refusal is not the error of the action, `{E}`",
    note = "a guard says a `bool`, a `Result` with `igor::Error`, or one with the error type of \
            the action, so that TypeScript knows every error that may come"
)]
pub trait Verdict<E, Kind> {
    /// Nothing, or why the call is refused: by igor's error, or the action's own.
    #[doc(hidden)]
    #[allow(clippy::missing_errors_doc)]
    fn split(self, action: &'static str) -> Result<Result<(), E>, Error>;
}

/// Marks a verdict that is yes or no.
#[derive(Debug)]
pub struct AsBool;

/// Marks a verdict whose refusal is igor's own error.
#[derive(Debug)]
pub struct AsError;

/// Marks a verdict whose refusal is the action's own error.
#[derive(Debug)]
pub struct AsOwn;

impl<E> Verdict<E, AsBool> for bool {
    fn split(self, action: &'static str) -> Result<Result<(), E>, Error> {
        if self {
            return Ok(Ok(()));
        }
        Err(Error::forbidden(format!("this client may not call `{action}`")))
    }
}

impl<E> Verdict<E, AsError> for Result<(), Error> {
    fn split(self, _action: &'static str) -> Result<Result<(), E>, Error> {
        self.map(Ok)
    }
}

#[diagnostic::do_not_recommend]
impl<E: Data + Display> Verdict<E, AsOwn> for Result<(), E> {
    fn split(self, _action: &'static str) -> Result<Result<(), E>, Error> {
        Ok(self)
    }
}

/// Keeps the compiler from taking a guard's error for the action's before it knows that.
pub trait Unheard {}

#[diagnostic::do_not_recommend]
impl<E: Unheard, Other> Verdict<E, Never> for Result<(), Other> {
    fn split(self, _action: &'static str) -> Result<Result<(), E>, Error> {
        Ok(Ok(()))
    }
}

/// Makes the signature of an action that has a guard, from that and the closure that runs it; see
/// [`signature`].
pub fn guarded<G, Asked, Says, F, Fut, T, E, Kind>(guard: G, handler: F) -> Signature
where
    G: Guard<Asked, Verdict: Verdict<E, Says>> + Copy + Send + 'static,
    F: Fn(Call) -> Fut + Copy + Send + Sync + 'static,
    Fut: Future<Output = Result<Result<T, E>, Error>> + Send + 'static,
    T: Payload<Kind>,
    E: Failure,
{
    let asked = signature(move |call: Call| async move {
        if let Err(refusal) = guard.ask(&call).await?.split(call.action())? {
            return Ok(Err(refusal));
        }
        handler(call).await
    });
    let guard = Guarded { takes_data: G::TAKES_DATA, check: G::check };
    Signature { guard: Some(guard), ..asked }
}
