//! A server that runs beside a test.

use igor::{Config, Handle, Registry, Server, Token};
use tokio::task::JoinHandle;

use crate::{transport, within};

/// The token of every server here.
pub const TOKEN: &str = "a-token-for-tests-only";

/// What servers here are told unless a test says otherwise: a free port, and the token.
pub fn config() -> Config {
    Config {
        address: ([127, 0, 0, 1], 0).into(),
        pipe: transport::pipe(),
        token: Token::given(TOKEN),
        ..Config::default()
    }
}

/// A running server; it ends with the test.
#[derive(Debug)]
pub struct Running {
    handle: Handle,
    task: JoinHandle<igor::Result<()>>,
}

impl Running {
    /// Serves what is in the registry.
    pub async fn serve(registry: Registry) -> Self {
        Running::start(Server::new(config()).registry(registry)).await
    }

    /// Runs a server that was made ready.
    ///
    /// # Panics
    ///
    /// When it cannot be bound.
    pub async fn start(server: Server) -> Self {
        let bound = server.bind().await.unwrap_or_else(|error| panic!("not bound: {error}"));
        let handle = bound.handle();
        let task = tokio::spawn(bound.run_until(std::future::pending()));
        Running { handle, task }
    }

    /// What reaches the server.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Ends it and waits until it has ended.
    ///
    /// # Panics
    ///
    /// When it does not end.
    pub async fn stop(mut self) {
        self.handle.stop();
        let ended = within("the end of the server", &mut self.task).await;
        ended.expect("it does not panic").expect("it ends well");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.handle.stop();
    }
}
