//! The server of a seed, which may be killed and started again.

use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use igor::{Code, Config, Error, Handshake, Server};
use igor_tests::{Dice, Place, Running, config, contract_of};
use serde_json::Value;

use crate::fault::Way;
use crate::lag::Lag;
use crate::mutants;
use crate::offer::{self, Log};
use crate::proxy::Proxy;

/// How long a session is kept here.
pub(crate) const GRACE: Duration = Duration::from_millis(1500);

/// How often whoever is silent says something here.
pub(crate) const BEAT: Duration = Duration::from_millis(250);

/// What is said of a session that the server has forgotten.
pub(crate) const UNKNOWN: &str = "the server does not know the session";

/// What is said of a session that was given up because too much was kept for it.
pub(crate) const FULL: &str = "more waited for the client than the server keeps";

/// A server and the proxies that lead to it.
#[derive(Debug)]
pub(crate) struct World {
    config: Config,
    /// What was executed on any of its servers.
    pub(crate) log: Log,
    /// One for each client.
    pub(crate) proxies: Vec<Proxy>,
    /// One that does no harm, for the tabs that are made of the clients' own.
    pub(crate) aside: Proxy,
    /// How late the machine is.
    pub(crate) lag: Lag,
    /// Whether the server knows its clients by what they show, or asks all for the same token.
    pub(crate) knows_clients: bool,
    /// Whether a server that ends says so to its clients and takes its time, or is as good as
    /// killed.
    pub(crate) says_goodbye: bool,
    servers: Mutex<Vec<Running>>,
    mutant: Option<usize>,
}

impl World {
    /// A server with the limits of this seed, in which one rule may be left out.
    pub(crate) async fn start(seed: u64, proxies: Vec<Proxy>, mutant: Option<usize>) -> Self {
        let mut config = config_of(seed);
        let aside = Proxy::start(|_| Way::default()).await;
        config.allowed_hosts =
            proxies.iter().chain([&aside]).map(|proxy| proxy.place().host()).collect();
        let world = World {
            config,
            log: Log::default(),
            proxies,
            aside,
            lag: Lag::start(),
            knows_clients: Dice::new(seed, 3).chance(50),
            says_goodbye: Dice::new(seed, 2).chance(50),
            servers: Mutex::default(),
            mutant,
        };
        world.restart().await;
        world
    }

    /// Starts a server in the place of the one before. Nobody hears anything more of that, unless it
    /// says goodbye: then whoever it has as a client is its client until it is at its end.
    pub(crate) async fn restart(&self) {
        // At a pipe of its own, where it has one: the one before may still be at the other.
        let config = Config { pipe: config().pipe, ..self.config.clone() };
        let mut server = Server::new(config).registry(offer::registry()).scope(self.log.clone());
        if self.knows_clients {
            server = server.authorize(who);
        }
        let server = Running::start(mutants::mutate(server, self.mutant)).await;
        let place = Place::from(server.handle());
        self.servers().push(server);
        for proxy in self.proxies.iter().chain([&self.aside]) {
            if self.says_goodbye {
                proxy.lead_next_to(place.clone());
            } else {
                proxy.lead_to(place.clone());
            }
        }
        if let [.., before, _] = self.servers().as_slice() {
            before.handle().stop();
        }
    }

    /// Where the server of now listens.
    pub(crate) fn place(&self) -> Place {
        self.servers().last().expect("there is always one").handle().into()
    }

    /// The contract that a client has to be made from: what the server tells one that has another.
    pub(crate) async fn contract(&self) -> Value {
        contract_of(self.place()).await
    }

    /// How many servers there were before the one of now.
    pub(crate) fn restarts(&self) -> usize {
        self.servers().len() - 1
    }

    /// Whether so little is kept for a client that it may be told that it was too much.
    pub(crate) fn is_tight(&self) -> bool {
        self.config.wire.client_bytes < Config::default().wire.client_bytes
    }

    fn servers(&self) -> MutexGuard<'_, Vec<Running>> {
        self.servers.lock().expect("it is never poisoned")
    }
}

/// A client is who its token says.
async fn who(shown: Handshake) -> igor::Result<String> {
    let nobody = || Error::new(Code::Unauthorized, "nobody");
    shown.token().map(str::to_owned).ok_or_else(nobody)
}

/// The limits of this seed.
fn config_of(seed: u64) -> Config {
    let mut dice = Dice::new(seed, 1);
    let mut config = config();
    config.session.grace = GRACE;
    config.connection.beat = BEAT;
    config.connection.hello = Duration::from_millis(500);
    config.connection.drain = Duration::from_millis(50);
    config.wire.ring_frames = dice.pick(&[4, 16, 4096, 4096]);
    config.wire.ring_bytes = dice.pick(&[400, 4 << 10, 1 << 20, 1 << 20]);
    if dice.chance(15) {
        config.wire.message_bytes = 4 << 10;
        config.wire.client_bytes = 8 << 10;
    }
    config
}
