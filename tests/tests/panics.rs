//! Code of the program's own that runs where no call is, and panics, or looks at the server: what it
//! belongs to ends, and nothing else.

use std::sync::OnceLock;
use std::time::Duration;

use igor::{Handle, Handshake, Identity as Who, Registry, Server, Session};
use igor_tests::{Identity, Page, Received, Running, Socket, config, result, within};
use serde_json::json;

/// Panics when it is dropped.
#[derive(Debug, Default)]
struct Fragile(bool);

impl Drop for Fragile {
    fn drop(&mut self) {
        assert!(!self.0, "on purpose");
    }
}

#[igor::action("panics.keep")]
fn keep(fragile: Session<Fragile>) {
    fragile.write(|fragile| fragile.0 = true);
}

#[igor::action("panics.ping")]
fn ping() -> u32 {
    1
}

/// Waits until the server has no session left.
async fn all_are_forgotten(server: &Running) {
    let has_any = || {
        let stats = server.handle().stats();
        stats.connected + stats.absent > 0
    };
    within("the end of the sessions", async {
        while has_any() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_value_that_panics_when_its_session_ends_keeps_no_other_session() {
    let mut config = config();
    config.session.grace = Duration::from_millis(20);
    let registry = Registry::new().action::<keep>().action::<ping>();
    let server = Running::start(Server::new(config).registry(registry)).await;
    for _ in 0..2 {
        let mut page = Page::open(&server).await;
        assert_eq!(page.ask("panics.keep", json!(null)).await, result(json!(null)));
        drop(page);
        all_are_forgotten(&server).await;
    }
    assert_eq!(Page::open(&server).await.ask("panics.ping", json!(null)).await, result(1));
}

/// Who panics when it is forgotten.
#[derive(Debug)]
struct Ghost {
    name: String,
    _fragile: Fragile,
}

impl PartialEq for Ghost {
    fn eq(&self, other: &Self) -> bool {
        assert!(self.name != "unsure", "on purpose");
        self.name == other.name
    }
}

#[igor::action("panics.who")]
fn who(ghost: Who<Ghost>) -> String {
    ghost.name.clone()
}

#[tokio::test]
async fn an_identity_that_panics_leaves_no_session_behind() {
    let mut config = config();
    config.session.grace = Duration::from_millis(20);
    let server = Server::new(config).registry(Registry::new().action::<who>());
    let server = server.authorize(|shown: Handshake| async move {
        let name = shown.name().unwrap_or_default().to_owned();
        Ok(Ghost { name, _fragile: Fragile(true) })
    });
    let server = Running::start(server).await;
    let mut identity = Identity::named("ann");
    for _ in 0..2 {
        let mut page = Page::load(&server, &mut identity).await;
        assert_eq!(page.ask("panics.who", json!(null)).await, result("ann"));
    }
    // Whom the program cannot tell from itself is not let in again; the session ends as any other.
    let mut unsure = Identity::named("unsure");
    drop(Page::load(&server, &mut unsure).await);
    let mut socket = Socket::open(&server).await;
    socket.send(unsure.hello()).await;
    assert!(matches!(socket.next().await, Received::Gone));
    all_are_forgotten(&server).await;
}

/// The server, for what looks at it.
static SERVER: OnceLock<Handle> = OnceLock::new();

/// Looks at the server when it is dropped.
#[derive(Debug, Default)]
struct Curious;

impl Drop for Curious {
    fn drop(&mut self) {
        SERVER.get().map(Handle::stats);
    }
}

#[igor::action("panics.look")]
fn look(_curious: Session<Curious>, ghost: Who<Looking>) -> String {
    ghost.0.clone()
}

/// A user, who is forgotten in the same way.
#[derive(Debug)]
struct Looking(String, #[allow(dead_code)] Curious);

impl PartialEq for Looking {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_dropped_with_a_session_may_look_at_the_server() {
    let mut config = config();
    config.session.grace = Duration::from_millis(20);
    let server = Server::new(config).registry(Registry::new().action::<look>());
    let server = server.authorize(|shown: Handshake| async move {
        Ok(Looking(shown.token().unwrap_or_default().to_owned(), Curious))
    });
    let server = Running::start(server).await;
    SERVER.set(server.handle().clone()).expect("it is set once");
    let mut identity = Identity::named("ann");
    for _ in 0..2 {
        let mut page = Page::load(&server, &mut identity).await;
        assert_eq!(page.ask("panics.look", json!(null)).await["close"], true);
    }
    // Under another name, and as one who is gone for good.
    identity.name = Some("bert".to_owned());
    let mut page = Page::load(&server, &mut identity).await;
    assert_eq!(page.ask("panics.look", json!(null)).await["close"], true);
    page.socket.close_with(4410).await;
    drop(Page::open(&server).await);
    all_are_forgotten(&server).await;
    server.stop().await;
}

/// Panics when it is shown.
#[derive(Debug)]
struct Unspeakable;

impl std::fmt::Display for Unspeakable {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        panic!("on purpose");
    }
}

impl std::error::Error for Unspeakable {}

#[igor::action("panics.fail")]
fn fail() -> igor::Result<()> {
    Err(igor::Error::internal(Unspeakable))
}

#[tokio::test]
async fn an_error_that_panics_when_it_is_logged_ends_its_call_like_any_other() {
    let logs = tracing_subscriber::fmt().with_writer(std::io::sink).finish();
    let _logged = tracing::subscriber::set_default(logs);
    let registry = Registry::new().action::<fail>().action::<ping>();
    let server = Running::serve(registry).await;
    let mut page = Page::open(&server).await;
    assert_eq!(page.ask("panics.fail", json!(null)).await["code"], 500);
    assert_eq!(page.ask("panics.ping", json!(null)).await, result(1));
}
