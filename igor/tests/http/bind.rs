//! What is refused before a server listens, and how it is said.

use igor::__private::{NamedProcess, NoFactory as _, Place as Line, ProcessDescriptor, Restart};
use igor::{Config, Page, Process, ProcessContext, Registry, Scope, Server, Token};

use crate::log::Log;
use crate::place::Place;
use crate::program::{config, registry};

/// A process that has no default.
struct Fed(#[expect(dead_code, reason = "it is there to be given")] String);

impl Process for Fed {
    async fn run(&mut self, _cx: &ProcessContext) -> igor::Result<()> {
        std::future::pending().await
    }
}

impl NamedProcess for Fed {
    const PROCESS: &'static ProcessDescriptor = &ProcessDescriptor {
        name: "fed",
        docs: "",
        place: Line { file: "src/fed.rs", line: 7 },
        restart: Restart::Never,
        start: igor::__private::Start::Server,
        thread: false,
        factory: || igor::__private::factory::<Fed>().make(),
    };
}

/// What an action asks for below.
struct Counter;

/// Asks for a scope.
#[igor::action("count")]
fn count(counter: Scope<Counter>) {
    drop(counter);
}

async fn refused(server: Server) -> String {
    server.bind().await.expect_err("refused").message().to_owned()
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let first = Server::new(config()).registry(registry()).bind().await.expect("bound");
    let address = first.address();
    let again = Config { address, ..config() };
    let text = refused(Server::new(again).registry(registry())).await;
    assert!(text.contains(&format!("cannot listen on `{address}`, it is taken")), "{text}");
}

#[tokio::test]
async fn an_empty_registry_is_refused() {
    let text = refused(Server::new(config()).registry(Registry::new())).await;
    assert!(text.contains("nothing is registered"), "{text}");
}

#[igor::event("bind.ticked")]
struct Ticked;

#[igor::request("bind.ask", reply = bool)]
struct Ask;

#[igor::process("bind.idle")]
#[derive(Default)]
struct Idle;

impl Process for Idle {
    async fn run(&mut self, _cx: &ProcessContext) -> igor::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_registry_of_one_thing_is_not_empty_whatever_it_is() {
    let ones = [
        Registry::new().event::<Ticked>(),
        Registry::new().request::<Ask>(),
        Registry::new().process::<Idle>(),
    ];
    for one in ones {
        let bound = Server::new(config()).registry(one).bind().await;
        assert!(bound.is_ok(), "{bound:?}");
    }
}

fn nobody() -> bool {
    false
}

#[igor::action("bind.guarded", guard = nobody)]
fn guarded() {}

#[igor::action("bind.forgotten")]
fn forgotten() {}

#[tokio::test]
async fn an_action_without_a_guard_is_logged_where_another_has_one() {
    let (log, _keeping) = Log::keep();
    let alone = Registry::new().action::<forgotten>();
    assert!(Server::new(config()).registry(alone.clone()).bind().await.is_ok());
    assert!(!log.text().contains("has no guard"), "{}", log.text());
    let both = alone.action::<guarded>();
    assert!(Server::new(config()).registry(both).bind().await.is_ok());
    let text = log.text();
    let said: Vec<_> = text.lines().filter(|line| line.contains("has no guard")).collect();
    assert!(matches!(said[..], [one] if one.contains("bind.forgotten")), "{said:?}");
}

#[tokio::test]
async fn a_process_without_a_default_has_to_be_given() {
    let fed = || Registry::new().process::<Fed>();
    let text = refused(Server::new(config()).registry(fed())).await;
    assert!(text.contains("the process `fed` (src/fed.rs:7) has no `Default`"), "{text}");
    let given = Server::new(config()).registry(fed()).process(|| Fed("food".to_owned()));
    assert!(given.bind().await.is_ok());
    let stray = Server::new(config()).registry(registry()).process(|| Fed("food".to_owned()));
    assert!(refused(stray).await.contains("`fed` (src/fed.rs:7) is not in the server's registry"));
}

#[tokio::test]
async fn a_scope_that_is_missing_is_named_with_who_asks_for_it() {
    let counting = || Registry::new().action::<count>();
    let text = refused(Server::new(config()).registry(counting())).await;
    assert!(
        text.starts_with("`counter` of the action `count` (igor/tests/http/bind.rs:"),
        "{text}"
    );
    assert!(text.contains("Counter`: give the server one with `.scope(…)`"), "{text}");
    assert!(Server::new(config()).registry(counting()).scope(Counter).bind().await.is_ok());
}

#[tokio::test]
async fn a_page_that_is_not_there_is_named() {
    let place = Place::new();
    let missing = place.path().join("missing");
    let server = Server::new(config()).registry(registry()).page(Page::directory(&missing));
    let text = refused(server).await;
    assert!(text.contains(&format!("`{}`", missing.display())), "{text}");

    // Where the program was started says what a path means that is not absolute.
    let server = Server::new(config()).registry(registry()).page(Page::directory("missing"));
    let text = refused(server).await;
    let missing = std::env::current_dir().expect("one").join("missing");
    assert!(text.contains(&format!("`{}`", missing.display())), "{text}");
}

#[tokio::test]
async fn a_page_without_an_index_is_logged() {
    let (log, _keeping) = Log::keep();
    let place = Place::new();
    let bind = || {
        let page = Page::directory(place.path());
        Server::new(config()).registry(registry()).page(page).bind()
    };
    assert!(bind().await.is_ok());
    let said = format!("the page has no `index.html` directory={}", place.path().display());
    assert!(log.text().contains(&said), "{}", log.text());
    place.write("index.html", "<!doctype html>");
    assert!(bind().await.is_ok());
    assert_eq!(log.text().matches("has no `index.html`").count(), 1, "{}", log.text());
}

#[tokio::test]
async fn a_file_of_a_page_that_nobody_can_ask_for_is_named() {
    for name in ["/index.html", ".hidden", "a//b", "../up", "js/"] {
        let page = Page::files([(name, b"")]);
        let text = refused(Server::new(config()).registry(registry()).page(page)).await;
        assert!(text.contains(&format!("`{name}` of the page cannot be asked for")), "{text}");
    }
    let page = Page::files([("a.js", b"1"), ("a.js", b"2")]);
    let text = refused(Server::new(config()).registry(registry()).page(page)).await;
    assert!(text.contains("`a.js` of the page is there twice"), "{text}");
    let page = Page::files([("index.html", b"")]).fallback("app.html");
    let text = refused(Server::new(config()).registry(registry()).page(page)).await;
    assert_eq!(text, "the page falls back on `app.html`, which is none of its files");
}

#[tokio::test]
async fn other_machines_are_kept_out() {
    let address = ([0, 0, 0, 0], 0).into();
    let text = refused(Server::new(Config { address, ..config() }).registry(registry())).await;
    assert!(text.contains("can be reached from other machines"), "{text}");
}

#[tokio::test]
async fn a_token_is_kept_over_restarts() {
    let place = Place::new();
    let bind = || {
        let token = Token::kept_in(place.path().join("state/token"));
        let server = Server::new(Config { token, ..config() }).registry(registry());
        async { server.bind().await.expect("bound").token().map(str::to_owned) }
    };
    let first = bind().await;
    assert!(first.as_ref().is_some_and(|token| token.len() == 43));
    assert_eq!(bind().await, first);
    place.write("state/token", "something else");
    let token = Token::kept_in(place.path().join("state/token"));
    let text = refused(Server::new(Config { token, ..config() }).registry(registry())).await;
    assert!(text.contains("holds no token: delete it"), "{text}");
}
