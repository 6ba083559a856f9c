//! A program with one process, and its server while a test runs.

use std::net::SocketAddr;
use std::time::Duration;

use igor::__private::{NamedProcess, Place, ProcessDescriptor, Restart, factory};
use igor::{Bound, Config, Handle, Page, Process, ProcessContext, Registry, Server, Token};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// The token of the servers here.
pub(crate) const TOKEN: &str = "a-token-for-these-tests";

/// As a subprotocol.
pub(crate) const TOKEN_PROTOCOL: &str = "igor.token.YS10b2tlbi1mb3ItdGhlc2UtdGVzdHM";

/// A process that waits for the end.
#[derive(Default)]
pub(crate) struct Idle;

impl Process for Idle {
    async fn run(&mut self, _cx: &ProcessContext) -> igor::Result<()> {
        std::future::pending().await
    }
}

impl NamedProcess for Idle {
    const PROCESS: &'static ProcessDescriptor = &ProcessDescriptor {
        name: "idle",
        docs: "",
        place: Place { file: file!(), line: line!() },
        restart: Restart::Never,
        start: igor::__private::Start::Server,
        thread: false,
        factory: || factory::<Idle>().make(),
    };
}

/// On any free port, with the token of these tests.
pub(crate) fn config() -> Config {
    Config { address: ([127, 0, 0, 1], 0).into(), token: Token::given(TOKEN), ..Config::default() }
}

pub(crate) fn registry() -> Registry {
    Registry::new().process::<Idle>()
}

/// A server that runs until the test stops it or ends.
pub(crate) struct Running {
    pub(crate) handle: Handle,
    task: JoinHandle<igor::Result<()>>,
}

impl Running {
    pub(crate) async fn start(config: Config, page: Option<Page>) -> Self {
        let mut server = Server::new(config).registry(registry());
        if let Some(page) = page {
            server = server.page(page);
        }
        Running::run(server.bind().await.expect("bound"))
    }

    pub(crate) fn run(bound: Bound) -> Self {
        let handle = bound.handle();
        let task = tokio::spawn(bound.run_until(std::future::pending()));
        Running { handle, task }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.handle.address()
    }

    /// The code of a new link.
    pub(crate) fn code(&self) -> String {
        let link = self.handle.link();
        link.split_once("#igor=").expect("a link with a code").1.to_owned()
    }

    /// Stops it and waits for its end.
    pub(crate) async fn stop(self) {
        self.handle.stop();
        self.ended().await;
    }

    /// Waits for its end.
    pub(crate) async fn ended(self) {
        let ended = timeout(Duration::from_secs(10), self.task).await.expect("in time");
        ended.expect("no panic").expect("no error");
    }
}
