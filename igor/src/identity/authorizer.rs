//! The program's own function that decides who a client is.

use std::any::type_name;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::time::Duration;

use futures_util::FutureExt as _;
use tracing::{debug, error};

use crate::error::{Code, Error, Result};
use crate::identity::{Handshake, Known, unknown};
use crate::scope::Scopes;

/// When a client may try again that could not be authorized in time.
const RETRY: Duration = Duration::from_secs(1);

type Deciding = Pin<Box<dyn Future<Output = Result<Known>> + Send>>;

/// Decides who a client is, or that it is nobody.
pub(crate) struct Authorizer {
    decide: Box<dyn Fn(Handshake) -> Deciding + Send + Sync>,
    mark: fn(&mut Scopes),
    /// The name of the type as which clients are known, for people.
    name: &'static str,
    /// How long deciding may take.
    within: Duration,
}

/// Says in the scopes, before the server listens, as what its clients are known.
pub(crate) struct Finds<T>(PhantomData<fn() -> T>);

impl<T: Send + Sync + 'static> Finds<T> {
    /// Whether clients are known as this type.
    ///
    /// # Errors
    ///
    /// `internal` with what to do, where they are not.
    pub(crate) fn check(scopes: &Scopes) -> Result<()> {
        scopes.find::<Self>().map(drop).map_err(|_| unknown::<T>())
    }
}

impl Authorizer {
    pub(crate) fn new<T, F>(decide: impl Fn(Handshake) -> F + Send + Sync + 'static) -> Self
    where
        T: PartialEq + Send + Sync + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        Authorizer {
            decide: Box::new(move |handshake| Box::pin(decide(handshake).map(known))),
            mark: |scopes| scopes.insert(Finds::<T>(PhantomData)),
            name: type_name::<T>(),
            within: Duration::MAX,
        }
    }

    /// The same, which decides within a time.
    pub(crate) fn within(self, within: Duration) -> Self {
        Authorizer { within, ..self }
    }

    /// Lets actions ask for what it finds.
    pub(crate) fn mark(&self, scopes: &mut Scopes) {
        (self.mark)(scopes);
    }

    /// Decides.
    ///
    /// # Errors
    ///
    /// The program's own refusal; `overloaded` where it took too long; `internal` where it failed,
    /// with nothing but an id under which the log has the cause.
    pub(crate) async fn decide(&self, handshake: Handshake) -> Result<Known> {
        let address = handshake.address();
        self.decided(handshake).await.map_err(|cause| match cause.logged_as() {
            Some(log_id) => {
                error!(%log_id, %address, ?cause, "could not authorize a client");
                Error::hidden(&log_id)
            }
            None => {
                debug!(%address, %cause, "a client was refused");
                cause
            }
        })
    }

    async fn decided(&self, handshake: Handshake) -> Result<Known> {
        // The function may panic before it gives a future, too.
        let deciding = AssertUnwindSafe(async { (self.decide)(handshake).await }).catch_unwind();
        match tokio::time::timeout(self.within, deciding).await {
            Ok(Ok(decided)) => decided,
            Ok(Err(panic)) => Err(Error::from_panic(&*panic)),
            Err(_) => {
                let text = "it took too long to authorize the client";
                Err(Error::new(Code::Overloaded, text).retry_after(RETRY))
            }
        }
    }
}

fn known<T: PartialEq + Send + Sync + 'static>(decided: Result<T>) -> Result<Known> {
    decided.map(Known::new)
}

impl fmt::Debug for Authorizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authorizer({})", self.name)
    }
}
