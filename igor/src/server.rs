//! The server: what a program offers, made ready, bound to its address and run to its end.

mod bound;
mod clients;
mod config;
mod listener;
mod offer;
mod patient;
mod pipe;
mod reception;
mod report;
mod sidecar;
mod signals;
mod stream;
#[cfg(feature = "tls")]
mod tls;

use std::collections::BTreeMap;
use std::io::{Write as _, stderr, stdout};
use std::sync::Arc;

use tracing::{debug, info, warn};

pub use bound::{Bound, Handle};
pub use config::Config;
pub use sidecar::Sidecar;
#[cfg(feature = "tls")]
pub use tls::Tls;

use crate::action::{Action, Call, Layers, Next, Replied};
use crate::connection::{Classic, Front, Limits};
use crate::emit;
use crate::error::{Error, Result};
use crate::http::{Codes, Files, Gate, Http, Names, Page, Proxies, Schema, Shelf};
use crate::identity::{Authorizer, Handshake};
use crate::process::{Factory, NamedProcess, ProcessDescriptor, Processes};
use crate::registry::Registry;
use crate::scope::Scopes;
use crate::server::listener::Listener;
use crate::server::reception::Reception;
use crate::server::sidecar::{Bond, Instructions};
use crate::shared::Shared;
use crate::wire::rules::Rules;

/// The argument that asks a program for its schema.
const SCHEMA: &str = "--igor-schema";

/// What is printed where nothing collects the log: a page is told only the id of a failure, and the
/// log has the cause.
const UNHEARD: &str = "igor: nobody listens to the log, where the causes of failures are: start \
                       with `tracing_subscriber::fmt::init()`, or another subscriber of `tracing`";

/// What a program offers to its user interface.
///
/// ```no_run
/// # #[tokio::main]
/// # async fn main() -> igor::Result<()> {
/// let page = igor::Page::directory("ui");
/// igor::Server::new(igor::Config::default()).page(page).serve().await
/// # }
/// ```
#[derive(Debug)]
pub struct Server {
    config: Config,
    /// `None` stands for everything that is linked.
    registry: Option<Registry>,
    scopes: Scopes,
    page: Option<Page>,
    authorizer: Option<Authorizer>,
    layers: Layers,
    /// How to make the processes that have no `Default`, by their names.
    factories: BTreeMap<&'static str, (&'static ProcessDescriptor, Factory)>,
    rules: Rules,
}

impl Server {
    /// A server of everything that was annotated in this program and the crates it is linked with.
    pub fn new(config: Config) -> Self {
        Server {
            config,
            registry: None,
            scopes: Scopes::default(),
            page: None,
            authorizer: None,
            layers: Layers::default(),
            factories: BTreeMap::new(),
            rules: Rules::default(),
        }
    }

    /// How many rules of the session layer can be left out.
    #[cfg(feature = "mutants")]
    #[doc(hidden)]
    pub const RULES: usize = Rules::COUNT;

    /// Leaves out the rule with this index, for tests that have to notice; says its name, too.
    #[cfg(feature = "mutants")]
    #[doc(hidden)]
    #[must_use]
    pub fn without_rule(self, index: usize) -> (Self, String) {
        let (rules, name) = Rules::without(index);
        (Server { rules, ..self }, name)
    }

    /// Shares a value with all calls and processes, which ask for it as
    /// [`Scope<T>`](crate::Scope). There is one value of each type; a second replaces the first.
    #[must_use]
    pub fn scope<T: Send + Sync + 'static>(mut self, value: T) -> Self {
        self.scopes.insert(value);
        self
    }

    /// Serves this page at `/`.
    #[must_use]
    pub fn page(mut self, page: Page) -> Self {
        self.page = Some(page);
        self
    }

    /// Offers what is in this registry, in place of everything that is linked.
    #[must_use]
    pub fn registry(mut self, registry: Registry) -> Self {
        self.registry = Some(registry);
        self
    }

    /// Lets this function decide who a client is, in place of the token: for a server with users of
    /// its own. It is called with what the client shows, each time that the client connects or
    /// reconnects; actions ask for the value that it returns as [`Identity<T>`](crate::Identity).
    ///
    /// A client that reconnects as somebody else, which is to say with a value that is not equal to
    /// the one before, begins a new session; one that is the same keeps its session, and has the
    /// new value from then on. A client that is refused with
    /// [`Unauthorized`](crate::Code::Unauthorized) or [`Forbidden`](crate::Code::Forbidden) is told
    /// the reason and does not try again. Any other error is not shown to it, and it tries again.
    ///
    /// ```no_run
    /// use igor::{Code, Config, Error, Handshake, Server};
    ///
    /// #[derive(PartialEq)]
    /// struct User(String);
    ///
    /// # async fn user_of(session: &str) -> igor::Result<Option<User>> { Ok(None) }
    /// async fn who(client: Handshake) -> igor::Result<User> {
    ///     let nobody = || Error::new(Code::Unauthorized, "sign in first");
    ///     let session = client.cookie("session").ok_or_else(nobody)?;
    ///     user_of(session).await?.ok_or_else(nobody)
    /// }
    ///
    /// # async fn serve() -> igor::Result<()> {
    /// // Behind a proxy on this machine, which speaks TLS to the world.
    /// let config = Config {
    ///     allowed_hosts: vec!["app.example.com".to_owned()],
    ///     allowed_origins: vec!["https://app.example.com".to_owned()],
    ///     proxies: vec![[127, 0, 0, 1].into()],
    ///     ..Config::default()
    /// };
    /// Server::new(config).authorize(who).serve().await
    /// # }
    /// ```
    #[must_use]
    pub fn authorize<T, F>(
        mut self,
        decide: impl Fn(Handshake) -> F + Send + Sync + 'static,
    ) -> Self
    where
        T: PartialEq + Send + Sync + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        self.authorizer = Some(Authorizer::new(decide));
        self
    }

    /// Puts a function around every call: for logging, timing, tests, or refusals that concern all
    /// actions. It gets the call and what comes next, further layers and at last the action, and
    /// returns how that ended. The first layer is the outermost. A server without layers pays
    /// nothing for them.
    ///
    /// ```no_run
    /// use igor::{Call, Config, Next, Replied, Server};
    ///
    /// async fn timed(call: Call, next: Next) -> igor::Result<Replied> {
    ///     let (action, started) = (call.action(), std::time::Instant::now());
    ///     let ended = next.run(call).await;
    ///     let bytes = ended.as_ref().map(Replied::bytes).unwrap_or_default();
    ///     println!("{action}: {bytes} bytes after {:?}", started.elapsed());
    ///     ended
    /// }
    ///
    /// # async fn serve() -> igor::Result<()> {
    /// Server::new(Config::default()).layer(timed).serve().await
    /// # }
    /// ```
    ///
    /// A call that is cancelled, or whose deadline passes, drops its layers with it. A call that is
    /// refused before it begins reaches no layer: one of an unknown action, one beyond
    /// [`CallLimits::open`](crate::CallLimits::open), or one whose data is not of the form that the
    /// action takes. An argument that does not fit its type is refused behind the layers.
    #[must_use]
    pub fn layer<F>(mut self, layer: impl Fn(Call, Next) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Replied>> + Send + 'static,
    {
        self.layers.add(layer);
        self
    }

    /// Makes a process with this function, each time that it is started. A process that implements
    /// `Default` does not need one.
    #[must_use]
    pub fn process<P: NamedProcess>(
        mut self,
        make: impl Fn() -> P + Send + Sync + 'static,
    ) -> Self {
        self.factories.insert(P::PROCESS.name, (P::PROCESS, Factory::new(make)));
        self
    }

    /// Binds, prints the link to the page, if there is one, as a line of standard output, and
    /// serves until the program is told to end by Ctrl-C or a termination signal. As a
    /// [`Sidecar`] it says where it listens instead, and ends with its parent, too. With
    /// `--igor-schema` among the arguments of the program it prints the [`schema`](crate::schema)
    /// and serves nothing. A program without a subscriber of `tracing`, whose log goes nowhere, is
    /// told so by a line of standard error.
    ///
    /// # Errors
    ///
    /// Those of [`bind`](Server::bind).
    pub async fn serve(self) -> Result<()> {
        if std::env::args().any(|argument| argument == SCHEMA) {
            let schema = emit::schema_of(&self.registry.unwrap_or_else(Registry::linked))?;
            // Whoever stops reading has read enough.
            let _ = write!(stdout(), "{schema}");
            return Ok(());
        }
        if !tracing::dispatcher::has_been_set() {
            // Nobody may be reading this either.
            let _ = writeln!(stderr(), "{UNHEARD}");
        }
        let is_alone = !self.config.sidecar.is_on;
        let has_page = self.page.is_some() || self.config.page_origin.is_some();
        let ended = signals::ended()?;
        let bound = self.bind().await?;
        if is_alone && has_page {
            // Nobody may be reading; the server is of use all the same.
            let _ = writeln!(stdout(), "{}", bound.link());
        }
        bound.run_until(ended).await
    }

    /// Checks everything that can be checked and binds to the address; nothing runs yet. A
    /// [`Sidecar`] waits for what its parent says first.
    ///
    /// # Errors
    ///
    /// `internal` with what is wrong and what to do: a registry with mistakes, a parameter that
    /// the server cannot hand over, a process that it cannot make, limits that make no sense, a
    /// token that cannot be kept, a page or a mount that is not there, an address that is taken.
    pub async fn bind(mut self) -> Result<Bound> {
        if self.config.sidecar.is_on && self.authorizer.is_some() {
            return Err(Error::mistake(
                "a sidecar knows its clients by the token that its parent has made, and \
                 `authorize` would take the place of it: leave `authorize` out, or, where the \
                 program is not bound to another, `--igor-sidecar`",
            ));
        }
        match Bond::make(&mut self.config).await? {
            None => self.listen(Place::Address).await,
            Some(bond) => match self.listen(Place::Told(&bond.instructions)).await {
                Ok(bound) => Ok(bound.with(bond)),
                Err(error) => {
                    bond.refused(&error);
                    Err(error)
                }
            },
        }
    }

    /// The same with a token that is kept in no file, if it would be.
    #[cfg(feature = "testing")]
    pub(crate) fn with_passing_token(mut self) -> Result<Self> {
        self.config.token = self.config.token.passing()?;
        Ok(self)
    }

    /// As [`bind`](Server::bind), to no address: clients come from within the program.
    #[cfg(feature = "testing")]
    pub(crate) async fn bind_nowhere(self) -> Result<Bound> {
        self.listen(Place::Nowhere).await
    }

    /// Makes everything ready, and listens in its place.
    async fn listen(self, place: Place<'_>) -> Result<Bound> {
        let Server { config, registry, mut scopes, page, authorizer, layers, factories, rules } =
            self;
        config.check()?;
        log_dangers(&config, authorizer.is_some());
        let registry = registry.unwrap_or_else(Registry::linked);
        registry.check()?;
        if let Some(authorizer) = &authorizer {
            authorizer.mark(&mut scopes);
        }
        let processes =
            Processes::new(offer::processes(&registry, factories)?, config.processes.clone());
        scopes.insert(processes.clone());
        offer::check_parameters(&registry, &scopes)?;
        for Action { name, place, .. } in registry.unguarded_actions() {
            info!(action = name, %place, "the action has no guard, and others do");
        }
        let token = if authorizer.is_some() { None } else { config.token.resolve()? };
        let page = page.map(Shelf::open).transpose()?;
        let within = config.connection.authorize;
        let authorizer = authorizer.map(|authorizer| Arc::new(authorizer.within(within)));
        let files = Files::open(&config.mounts, authorizer.clone(), config.gate.handshake)?;
        #[cfg(feature = "tls")]
        let encryption = config.tls.as_ref().map(tls::Encryption::load).transpose()?;
        let listener = place.listen(&config).await?;

        let address = listener.address();
        // Who a client is is found out at its hello; a bare request has none, and strangers are not
        // told.
        let is_shown = authorizer.is_none();
        let front = front(&config, scopes, &registry, &layers, authorizer, rules)?;
        let counted = is_shown.then(|| Arc::clone(&front.shared));
        let origins: Vec<_> = config.origins().cloned().collect();
        let names = Names::new(config.scheme(), address, &config.allowed_hosts, &origins);
        let gate = Gate::new(names, token);
        let proxies = Proxies::new(&config.proxies);
        let schema = is_shown.then(|| Schema::of(registry));
        let patience = config.gate.handshake;
        let http = Http::new(gate, proxies, Codes::default(), page, files, schema, patience);
        let http = http.counting(counted).allowing_classic(config.classic != Classic::Off);
        let reception = Reception::new(http, Arc::new(front), config.gate.clone());
        #[cfg(feature = "tls")]
        let reception = reception.encrypting(encryption);
        debug!(%address, "bound");
        let handle = Handle::new(Arc::new(reception), &listener, &config);
        Ok(Bound::new(handle, listener, processes, &config))
    }
}

/// Where a server listens.
enum Place<'a> {
    /// Where its configuration says.
    Address,
    /// Where its parent says.
    Told(&'a Instructions),
    /// Nowhere.
    #[cfg(feature = "testing")]
    Nowhere,
}

impl Place<'_> {
    async fn listen(self, config: &Config) -> Result<Listener> {
        match self {
            Place::Address => match &config.pipe {
                Some(path) => Listener::bind_pipe(path),
                None => Listener::bind(config.address).await,
            },
            Place::Told(Instructions { pipe: Some(path), .. }) => Listener::bind_pipe(path),
            Place::Told(told) => Listener::bind_preferring(told.port, config.address).await,
            #[cfg(feature = "testing")]
            Place::Nowhere => Ok(Listener::nowhere()),
        }
    }
}

/// Logs what the configuration means, and what is dangerous about it; its token counts only where
/// clients are known by it.
fn log_dangers(config: &Config, has_authorizer: bool) {
    debug!(config = %config.report(), "configured");
    let of_token = config.token.danger().filter(|_| !has_authorizer);
    for danger in config.dangers().chain(of_token) {
        warn!(%danger, "the configuration is dangerous");
    }
}

/// What every connection will need.
fn front(
    config: &Config,
    scopes: Scopes,
    registry: &Registry,
    layers: &Layers,
    authorizer: Option<Arc<Authorizer>>,
    rules: Rules,
) -> Result<Front> {
    let limits = Limits {
        connection: config.connection.clone(),
        wire: config.wire.clone(),
        calls: config.calls.clone(),
        session: config.session.clone(),
    };
    let (session, wire) = (config.session.clone(), config.wire.clone());
    let shared = Shared::new(scopes, session, wire, config.requests.clone(), rules)?;
    let front = Front::new(shared, registry, layers, authorizer, limits)?;
    Ok(front.with_classic(config.classic))
}
