//! Every way to show a token, from every kind of origin, to every kind of host: the cells that get
//! a welcome are the allowed ones, and each of the others is told one thing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use igor::{Config, Registry, Server};
use igor_tests::{Identity, Raw, Running, TOKEN, config};

const ALLOWED: &str = "http://localhost:5173";

/// How a token is shown.
const SHOWN: [Shown; 6] = [
    Shown::Nothing,
    Shown::Protocol("a-token-for-tests-onlY"),
    Shown::Protocol("a-token"),
    Shown::Query,
    Shown::Protocol(TOKEN),
    Shown::Bearer,
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Shown {
    Nothing,
    Protocol(&'static str),
    Query,
    Bearer,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Origin {
    None,
    Own,
    Allowed,
    Evil,
    Null,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Host {
    Right,
    Other,
    Rebinding,
    TrailingDot,
    Missing,
    Doubled,
}

/// What came of it.
#[derive(Debug, PartialEq)]
enum Outcome {
    Welcome,
    /// 101, and then this close code and reason before any frame.
    Closed(u16, String),
    Status(u16),
}

#[igor::action("gate.nothing")]
fn nothing() {}

async fn serve() -> Running {
    let config = Config { allowed_origins: vec![ALLOWED.to_owned()], ..config() };
    Running::start(Server::new(config).registry(Registry::new().action::<nothing>())).await
}

/// One cell, on a connection of its own.
async fn enter(server: &Running, shown: Shown, origin: Origin, host: Host) -> Outcome {
    let port = server.handle().address().port();
    let mut headers = Vec::new();
    let right = format!("localhost:{port}");
    match host {
        Host::Right => headers.push(("Host", right)),
        Host::Other => headers.push(("Host", format!("localhost:{}", port ^ 1))),
        Host::Rebinding => headers.push(("Host", format!("rebound.evil.example:{port}"))),
        Host::TrailingDot => headers.push(("Host", format!("localhost.:{port}"))),
        Host::Missing => {}
        Host::Doubled => headers.extend([("Host", right.clone()), ("Host", right)]),
    }
    match origin {
        Origin::None => {}
        Origin::Own => headers.push(("Origin", format!("http://localhost:{port}"))),
        Origin::Allowed => headers.push(("Origin", ALLOWED.to_owned())),
        Origin::Evil => headers.push(("Origin", "http://evil.example".to_owned())),
        Origin::Null => headers.push(("Origin", "null".to_owned())),
    }
    let mut protocols = "igor.1".to_owned();
    let mut target = "/".to_owned();
    match shown {
        Shown::Nothing => {}
        Shown::Protocol(token) => {
            protocols += &format!(", igor.token.{}", URL_SAFE_NO_PAD.encode(token));
        }
        Shown::Query => target += &format!("?token={TOKEN}&igor={TOKEN}"),
        Shown::Bearer => headers.push(("Authorization", format!("Bearer {TOKEN}"))),
    }
    headers.push(("Sec-WebSocket-Protocol", protocols));

    let mut raw = Raw::connect(server).await;
    raw.shake_hands(&target, &headers).await;
    let head = raw.head().await;
    assert!(!head.contains(TOKEN), "the token is never said back");
    if !head.starts_with("HTTP/1.1 101 ") {
        return Outcome::Status(head[9..12].parse().expect("a status"));
    }
    raw.say_hello(&mut Identity::new()).await;
    match raw.frame().await {
        Some((1, text)) if text.starts_with(br#"{"action":"igor.welcome","data":"#) => {
            Outcome::Welcome
        }
        Some((8, close)) => {
            let reason = String::from_utf8_lossy(&close[2..]).into_owned();
            Outcome::Closed(u16::from_be_bytes([close[0], close[1]]), reason)
        }
        other => panic!("{other:?} in answer to a hello"),
    }
}

/// What has to come of it: host before origin before token.
fn expected(shown: Shown, origin: Origin, host: Host) -> Outcome {
    if host != Host::Right {
        return Outcome::Status(421);
    }
    if matches!(origin, Origin::Evil | Origin::Null) {
        return Outcome::Status(403);
    }
    match shown {
        Shown::Protocol(TOKEN) | Shown::Bearer => Outcome::Welcome,
        Shown::Nothing | Shown::Query => {
            Outcome::Closed(4401, "no token was shown to the server".to_owned())
        }
        Shown::Protocol(_) => {
            Outcome::Closed(4401, "the server does not accept the token".to_owned())
        }
    }
}

#[tokio::test]
async fn exactly_the_allowed_cells_get_a_welcome() {
    let server = serve().await;
    let mut welcomes = 0;
    for host in
        [Host::Right, Host::Other, Host::Rebinding, Host::TrailingDot, Host::Missing, Host::Doubled]
    {
        for origin in [Origin::None, Origin::Own, Origin::Allowed, Origin::Evil, Origin::Null] {
            for shown in SHOWN {
                let outcome = enter(&server, shown, origin, host).await;
                let cell = (shown, origin, host);
                assert_eq!(outcome, expected(shown, origin, host), "{cell:?}");
                welcomes += u32::from(outcome == Outcome::Welcome);
            }
        }
    }
    assert_eq!(welcomes, 6, "two ways to show the token, from three origins, to the right host");
}
