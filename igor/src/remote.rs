//! `Remote`: an Igor server, called from Rust over the same wire as pages do.
//!
//! It knows the wire and the descriptors of the api crate, and nothing of a server.

pub(crate) mod arguments;
mod call;
pub(crate) mod config;
mod connection;
mod core;
mod events;
mod failed;
pub(crate) mod feed;
mod handled;
mod heard;
mod hello;
mod identity;
mod open;
mod outgoing;
mod requests;
mod server_frame;
mod socket;
mod state;
mod status;
pub(crate) mod twin;

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::sync::watch;
use tokio::time::Instant;

pub use arguments::Arguments;
pub use call::Call;
pub use config::{Address, RemoteConfig};
pub use events::Events;
pub use failed::Failed;
pub use feed::Feed;
pub use handled::Handled;
pub use status::Status;

use crate::action::Action;
use crate::error::{Code, Error, Result};
use crate::event::Event;
use crate::remote::arguments::{Given, List};
use crate::remote::core::Core;
use crate::remote::twin::{Answer, Twin};
use crate::request::{Reply, Request};
use crate::traceparent::Traceparent;
use crate::wire::calling::Calling;

/// An Igor server, called from Rust; cloning is cheap, and the last clone that is dropped closes
/// it.
///
/// An action is called by its function's own name, typed by that function: what the server hands
/// over, as a [`Session`](crate::Session), is no argument.
///
/// ```no_run
/// # use igor::remote::{Remote, RemoteConfig};
/// /// Greets somebody.
/// #[igor::action("hello")]
/// async fn hello(name: String, client: igor::Client) -> String {
///     format!("Hello {name}, you are {}!", client.id())
/// }
///
/// # #[tokio::main]
/// # async fn main() -> igor::Result<()> {
/// let config = RemoteConfig { address: "127.0.0.1:5678".into(), ..RemoteConfig::default() };
/// let remote = Remote::connect(config).await?;
/// let greeting: String = remote.call::<hello>("world").await?;
/// # Ok(())
/// # }
/// ```
///
/// A lost connection is made again by itself, and calls, streams and events go on where they were;
/// what cannot go on fails with [`Code::SessionLost`].
#[derive(Clone)]
pub struct Remote {
    held: Arc<Held>,
    /// What the calls of this clone belong to.
    traceparent: Traceparent,
    /// How long they may take.
    timeout: Option<Duration>,
}

/// What all clones of a remote hold.
struct Held {
    core: Arc<Core>,
    has_begun: AtomicBool,
}

impl Remote {
    /// A remote that connects with its first call, or when [`ready`](Remote::ready) is called.
    /// Before that is the time to ask for events and requests that are not to be missed.
    pub fn new(config: RemoteConfig) -> Self {
        let core = Arc::new(Core::new(config));
        let held = Arc::new(Held { core, has_begun: AtomicBool::new(false) });
        Remote { held, traceparent: Traceparent::default(), timeout: None }
    }

    /// Connects, and waits until the server has welcomed the client.
    ///
    /// # Errors
    ///
    /// As of [`ready`](Remote::ready).
    pub async fn connect(config: RemoteConfig) -> Result<Self> {
        let remote = Remote::new(config);
        remote.ready().await?;
        Ok(remote)
    }

    /// Waits until it is connected. A server that cannot be reached yet is waited for, by
    /// [`within`](Remote::within) for as long as a call may take.
    ///
    /// # Errors
    ///
    /// `unauthorized` and `forbidden` when the server refuses this client, `cancelled` when the
    /// remote was closed, `deadline_exceeded` when its time is over.
    pub async fn ready(&self) -> Result<()> {
        self.begin();
        let mut statuses = self.statuses();
        let settled =
            |status: &Status| matches!(status, Status::Open | Status::Lost(_) | Status::Closed);
        // The sender is held by the core, which is held here.
        let waited = async { drop(statuses.wait_for(settled).await) };
        match self.timeout {
            None => waited.await,
            Some(within) => {
                let in_time = tokio::time::timeout(within, waited).await;
                in_time.map_err(|_| self.not_there(within))?;
            }
        }
        self.core().with(|state| state.over()).map_or(Ok(()), Err)
    }

    /// What is said when there is no connection in time.
    fn not_there(&self, within: Duration) -> Error {
        let why = match self.status() {
            Status::Connecting(Some(why)) | Status::Resuming(why) => format!(": {why}"),
            _ => String::new(),
        };
        Error::new(Code::DeadlineExceeded, format!("no connection within {within:?}{why}"))
    }

    /// Calls an action; see [`Call`]. `arguments` is `()` where it takes none from a caller, the
    /// value itself where it takes one, a tuple where it takes several; a stream stands for an
    /// [`Input`](crate::Input).
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn call<A>(&self, arguments: impl Arguments<A::Arguments>) -> Call<A>
    where
        A: Twin<Arguments: List>,
    {
        self.begin();
        let action = A::ACTION;
        let is_stream = <A::Answer as Answer>::IS_STREAM;
        let arguments = arguments.into_list();
        // A time that no clock can hold is none.
        let deadline = self.timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let id = self.send(action, is_stream, deadline, &arguments);
        Call::new(self, id, arguments.into_source(), deadline)
    }

    /// The same remote, with calls that belong to this trace: for instance the one that an action
    /// got from its own caller.
    ///
    /// ```no_run
    /// # use igor::{Remote, Traceparent, remote::Failed};
    /// # #[igor::action("weather")] async fn weather(place: String) -> u32 { 1 }
    /// /// Asks the server that knows.
    /// #[igor::action("travel.weather")]
    /// async fn ask(place: String, trace: Traceparent, other: igor::Scope<Remote>) -> igor::Result<u32> {
    ///     Ok(other.traced(trace).call::<weather>(place).await?)
    /// }
    /// ```
    #[must_use]
    pub fn traced(&self, traceparent: Traceparent) -> Self {
        Remote { traceparent, ..self.clone() }
    }

    /// The same remote, with a limit on the time that each call may take. One that takes longer
    /// fails with `deadline_exceeded` on both sides; its action knows how much time is
    /// [left](crate::Deadline), also after the call has waited for a connection.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # #[igor::action("search")] async fn search(word: String) -> u32 { 1 }
    /// # async fn ask(remote: igor::Remote) -> igor::Result<u32> {
    /// Ok(remote.within(Duration::from_secs(2)).call::<search>("raven").await?)
    /// # }
    /// ```
    #[must_use]
    pub fn within(&self, timeout: Duration) -> Self {
        Remote { timeout: Some(timeout), ..self.clone() }
    }

    fn send<L: List>(
        &self,
        action: &'static Action,
        is_stream: bool,
        deadline: Option<Instant>,
        list: &L,
    ) -> Result<i64> {
        let names: Vec<_> = action.data_parameters().map(|(name, _)| name).collect();
        let has_data = !names.is_empty();
        let (message_bytes, credit) =
            self.core().with(|state| (state.limits.message_bytes, state.limits.credit));
        let has_items = is_stream || action.output().is_some();
        let given = Given { list, names };
        let calling = Calling::new(
            action.name,
            has_items.then_some(credit),
            self.timeout,
            has_data.then_some(&given),
            self.traceparent.as_str(),
            message_bytes,
        )?;
        let window = if has_items { credit } else { 0 };
        self.core()
            .with(|state| state.begin(action, window, is_stream, deadline, |id| calling.frame(id)))
    }

    /// Listens to the events of a type from now on. Those that were sent before are not among them.
    pub fn on<E: Event + DeserializeOwned>(&self) -> Events<E> {
        Events::new(Arc::clone(&self.held.core))
    }

    /// Answers the requests of a type with this function, until it is [stopped](Handled::stop).
    ///
    /// # Errors
    ///
    /// `forbidden` where they have a handler already, which stays.
    pub fn handle<R, F>(&self, answer: impl Fn(R) -> F + Send + Sync + 'static) -> Result<Handled>
    where
        R: Request<Reply: Reply> + DeserializeOwned,
        F: Future<Output = R::Reply> + Send + 'static,
    {
        self.core().with(|state| state.requests.handle(answer))?;
        Ok(Handled::new(&self.held.core, R::DESCRIPTOR.name))
    }

    /// The client's id, once the server has told it.
    pub fn client_id(&self) -> Option<String> {
        self.core().with(|state| state.client_id.clone())
    }

    /// The status of the connection.
    pub fn status(&self) -> Status {
        self.core().status.borrow().clone()
    }

    /// The status of the connection, now and whenever it changes.
    pub fn statuses(&self) -> watch::Receiver<Status> {
        self.core().status.subscribe()
    }

    /// Ends it for good: calls that are open fail with `cancelled`, and the server is told that the
    /// session is over, where a connection stands.
    pub fn close(&self) {
        self.held.close();
    }

    /// Opens the connection, unless that was done.
    fn begin(&self) {
        if !self.held.has_begun.swap(true, Ordering::Relaxed) {
            tokio::spawn(connection::run(Arc::clone(&self.held.core)));
        }
    }

    fn core(&self) -> &Core {
        &self.held.core
    }
}

impl Held {
    fn close(&self) {
        self.core.close(Code::Cancelled, "the remote was closed", Status::Closed);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.close();
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Remote").field(&self.core().config).finish()
    }
}
