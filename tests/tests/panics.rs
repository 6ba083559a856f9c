//! Code of the program's own that panics where no call is: what it belongs to ends, and nothing else.

use std::time::Duration;

use igor::{Handshake, Identity as Who, Registry, Server, Session};
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
