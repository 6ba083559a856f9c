//! From the first request to the last.

use std::net::{Ipv6Addr, SocketAddr};
use std::time::Duration;

use igor::{Config, GateLimits, Page, Server};
use tokio::net::TcpListener;

use crate::program::{Running, config, registry};
use crate::raw::{Raw, ask};

#[tokio::test]
async fn a_stopped_server_lets_go_of_its_port_and_its_connections() {
    let gate = GateLimits { handshake: Duration::from_secs(60), ..GateLimits::default() };
    let server = Running::start(Config { gate, ..config() }, None).await;
    let address = server.address();
    let mut silent = Raw::connect(address).await;
    let mut idle = Raw::connect(address).await;
    assert_eq!(idle.ask("GET /", &[]).await.status, 404);
    server.stop().await;
    assert!(silent.rest().await.is_empty() && idle.rest().await.is_empty());
    let again = Server::new(Config { address, ..config() }).registry(registry());
    assert!(again.bind().await.is_ok());
}

#[tokio::test]
async fn a_server_runs_until_its_future_is_done() {
    let bound = Server::new(config()).registry(registry()).bind().await.expect("bound");
    let address = bound.address();
    let (end, until) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(bound.run_until(async { drop(until.await) }));
    assert_eq!(ask(address, "GET /", &[]).await.status, 404);
    drop(end);
    running.await.expect("no panic").expect("no error");
}

#[tokio::test]
async fn who_connects_before_it_runs_is_answered_once_it_does() {
    let bound = Server::new(config()).registry(registry()).bind().await.expect("bound");
    let mut early = Raw::connect(bound.address()).await;
    early.write(format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", early.address)).await;
    let server = Running::run(bound);
    assert_eq!(early.response(false).await.status, 404);
    server.stop().await;
}

#[tokio::test]
async fn the_other_loopback_is_listened_on_too() {
    // A machine without IPv6 has nothing to show here.
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await.is_err() {
        return;
    }
    let server = Running::start(config(), None).await;
    let other = SocketAddr::from((Ipv6Addr::LOCALHOST, server.address().port()));
    assert_eq!(ask(other, "GET /", &[]).await.status, 404);
    server.stop().await;
}

#[tokio::test]
async fn a_link_points_to_the_page() {
    let page_origin = Some("http://localhost:5173".to_owned());
    let developed = Config { page_origin, ..config() };
    let bound = Server::new(developed).registry(registry()).bind().await.expect("bound");
    assert!(bound.link().starts_with("http://localhost:5173/#igor="), "{}", bound.link());
    let bound = Server::new(config()).registry(registry()).bind().await.expect("bound");
    let start = format!("http://{}/#igor=", bound.address());
    assert!(bound.link().starts_with(&start), "{}", bound.link());
    assert_ne!(bound.link(), bound.handle().link());
}

/// Says to this test binary that it is the program of the next test.
const IS_PROGRAM: &str = "IGOR_TEST_IS_PROGRAM";

/// A program that serves a page, when the next test runs this binary again; nothing otherwise.
#[tokio::test]
async fn as_a_program() {
    if std::env::var_os(IS_PROGRAM).is_some() {
        let page = Page::files([("index.html", b"page")]);
        Server::new(config()).registry(registry()).page(page).serve().await.expect("served");
    }
}

#[cfg(unix)]
#[test]
fn a_program_prints_its_link_and_ends_when_it_is_told_to() {
    use std::io::{BufRead as _, BufReader};
    use std::process::{Command, Stdio};
    for signal in ["-INT", "-TERM"] {
        let mut program = Command::new(std::env::current_exe().expect("this binary"))
            .args(["--exact", "life::as_a_program", "--nocapture"])
            .env(IS_PROGRAM, "yes")
            .stdout(Stdio::piped())
            .spawn()
            .expect("started");
        let mut lines = BufReader::new(program.stdout.take().expect("piped")).lines();
        let mut said = lines.by_ref().map(|line| line.expect("text"));
        let link = said.find(|line| line.starts_with("http://"));
        let killed = Command::new("kill").args([signal, &program.id().to_string()]).status();
        let ended = program.wait().expect("ended");
        assert!(link.expect("a link").contains("/#igor="));
        assert!(killed.expect("kill").success() && ended.success(), "{signal}: {ended}");
    }
}
