//! The gate, cell by cell: who gets in, who does not, and what they are told.

use std::net::SocketAddr;

use igor::{Config, Page, Token};

use crate::log::Log;
use crate::program::{Running, TOKEN, TOKEN_PROTOCOL, config};
use crate::raw::{Raw, Response, ask};

const HANDSHAKE: [(&str, &str); 4] = [
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
];

/// Close frames with the code 4401 and their reasons.
const NO_TOKEN: &[u8] = b"\x88\x22\x11\x31no token was shown to the server";
const WRONG_TOKEN: &[u8] = b"\x88\x26\x11\x31the server does not accept the token";

async fn server() -> Running {
    let allowed_origins = vec!["http://localhost:5173".to_owned()];
    let page = Page::files([("index.html", b"page")]);
    Running::start(Config { allowed_origins, ..config() }, Some(page)).await
}

/// A handshake with these headers besides, and the socket that it was made on.
pub(crate) async fn open(address: SocketAddr, headers: &[(&str, &str)]) -> (Response, Raw) {
    let mut raw = Raw::connect(address).await;
    let mut all = HANDSHAKE.to_vec();
    all.extend_from_slice(headers);
    (raw.ask("GET /", &all).await, raw)
}

pub(crate) fn with_token() -> String {
    format!("igor.1, {TOKEN_PROTOCOL}")
}

#[tokio::test]
async fn the_token_opens_a_socket() {
    let server = server().await;
    let (protocol, bearer) = (with_token(), format!("Bearer {TOKEN}"));
    let own = format!("http://localhost:{}", server.address().port());
    let cases: [&[(&str, &str)]; 4] = [
        &[("Sec-WebSocket-Protocol", &protocol)],
        &[("Sec-WebSocket-Protocol", "igor.1"), ("Authorization", &bearer)],
        &[("Sec-WebSocket-Protocol", &protocol), ("Origin", &own)],
        &[("Sec-WebSocket-Protocol", &protocol), ("Origin", "http://localhost:5173")],
    ];
    for headers in cases {
        let (response, _) = open(server.address(), headers).await;
        assert_eq!(response.status, 101, "{headers:?}");
        // The example of RFC 6455, section 1.3, and the token is not said back.
        let accept = response.header("sec-websocket-accept");
        assert_eq!(accept, Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
        assert_eq!(response.header("sec-websocket-protocol"), Some("igor.1"));
    }
    server.stop().await;
}

#[tokio::test]
async fn a_client_is_welcomed_and_told_goodbye() {
    let server = server().await;
    let (response, mut raw) =
        open(server.address(), &[("Sec-WebSocket-Protocol", &with_token())]).await;
    assert_eq!(response.status, 101);
    raw.write(hello()).await;
    raw.until("igor.welcome").await;
    server.handle.stop();
    raw.until("igor.goodbye").await;
    server.ended().await;
}

#[tokio::test]
async fn frames_that_come_with_the_handshake_are_heard() {
    let server = server().await;
    let mut request = format!("GET / HTTP/1.1\r\nHost: {}\r\n", server.address());
    let protocol = with_token();
    let headers = HANDSHAKE.into_iter().chain([("Sec-WebSocket-Protocol", protocol.as_str())]);
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    let mut bytes = (request + "\r\n").into_bytes();
    bytes.extend(hello());
    let mut raw = Raw::connect(server.address()).await;
    raw.write(bytes).await;
    assert_eq!(raw.response(false).await.status, 101);
    raw.until("igor.welcome").await;
    server.stop().await;
}

/// The first frame of a client: masked, by a mask that changes nothing.
fn hello() -> Vec<u8> {
    let (session, key, page) = ("s".repeat(22), "k".repeat(43), "p".repeat(22));
    let hello = format!(
        r#"{{"action":"igor.hello","data":{{"session":"{session}","key":"{key}","page":"{page}","attempt":1,"contract":"","ring":1048576}}}}"#
    );
    let length = u16::try_from(hello.len()).expect("short").to_be_bytes();
    let mut frame = vec![0x81, 0xFE, length[0], length[1], 0, 0, 0, 0];
    frame.extend_from_slice(hello.as_bytes());
    frame
}

#[tokio::test]
async fn a_wrong_token_in_a_header_is_told_401() {
    let server = server().await;
    let cases: [&[(&str, &str)]; 2] = [
        &[("Sec-WebSocket-Protocol", "igor.1"), ("Authorization", "Bearer wrong")],
        &[("Authorization", "Basic wrong")],
    ];
    for headers in cases {
        let (response, _) = open(server.address(), headers).await;
        assert_eq!((response.status, response.text()), (401, "Unauthorized"), "{headers:?}");
        assert_eq!(response.header("www-authenticate"), Some("Bearer"));
    }
    server.stop().await;
}

#[tokio::test]
async fn without_the_token_a_web_socket_is_told_by_a_close() {
    let server = server().await;
    let page = ("Origin", "http://localhost:5173");
    for (protocol, close) in [
        ("igor.1", NO_TOKEN),
        ("igor.1, igor.token.d3Jvbmc", WRONG_TOKEN),
        ("igor.1, igor.token.%%", WRONG_TOKEN),
    ] {
        let shown = ("Sec-WebSocket-Protocol", protocol);
        let cases: [&[(&str, &str)]; 2] = [&[shown], &[shown, page]];
        for headers in cases {
            let (response, mut raw) = open(server.address(), headers).await;
            assert_eq!(response.status, 101);
            assert_eq!(raw.rest().await, close, "{protocol}");
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn a_foreign_origin_is_told_403_whatever_it_shows() {
    let server = server().await;
    let port = server.address().port();
    for origin in [
        "http://evil.example",
        "null",
        "file://",
        "https://localhost:5173",
        "http://localhost:51730",
        "http://localhost:5173.evil.example",
        "http://localhost:1",
        &format!("https://127.0.0.1:{port}"),
    ] {
        let headers = [("Sec-WebSocket-Protocol", &*with_token()), ("Origin", origin)];
        let (response, _) = open(server.address(), &headers).await;
        assert_eq!((response.status, response.text()), (403, "Forbidden"), "{origin}");
        let page = ask(server.address(), "GET /", &[("Origin", origin)]).await;
        assert_eq!((page.status, page.text()), (403, "Forbidden"), "{origin}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_foreign_host_is_told_421_whatever_it_shows() {
    let server = server().await;
    let port = server.address().port();
    for host in ["evil.example", &format!("evil.example:{port}"), "127.0.0.1", "127.0.0.1:1", ""] {
        let headers = [("Host", host), ("Sec-WebSocket-Protocol", &*with_token())];
        let (response, _) = open(server.address(), &headers).await;
        assert_eq!((response.status, response.text()), (421, "Misdirected Request"), "{host}");
        assert_eq!(ask(server.address(), "GET /", &[("Host", host)]).await.status, 421, "{host}");
        let code = ask(server.address(), "POST /igor/token", &[("Host", host)]).await;
        assert_eq!(code.status, 421, "{host}");
    }
    let target = format!("GET http://evil.example:{port}/");
    assert_eq!(ask(server.address(), &target, &[]).await.status, 421);
    server.stop().await;
}

#[tokio::test]
async fn a_request_without_a_host_is_refused() {
    let server = server().await;
    for request in ["GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"] {
        let mut raw = Raw::connect(server.address()).await;
        raw.write(request).await;
        assert_eq!(raw.response(false).await.status, 421, "{request}");
    }
    server.stop().await;
}

#[tokio::test]
async fn all_names_of_this_machine_are_the_servers() {
    let server = server().await;
    let port = server.address().port();
    for name in ["127.0.0.1", "localhost", "[::1]"] {
        let (host, origin) = (format!("{name}:{port}"), format!("http://{name}:{port}"));
        let headers = [("Host", host.as_str()), ("Origin", origin.as_str())];
        assert_eq!(ask(server.address(), "GET /", &headers).await.status, 200, "{name}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_handshake_that_is_wrong_is_told_400() {
    let server = server().await;
    let bearer = format!("Bearer {TOKEN}");
    for (protocol, why) in [
        ("igor.2", "of igor's subprotocols only `igor.1` is spoken here"),
        ("igor.01", "of igor's subprotocols only `igor.1` is spoken here"),
        (TOKEN_PROTOCOL, "offer the subprotocol `igor.1`"),
    ] {
        let headers = [("Sec-WebSocket-Protocol", protocol), ("Authorization", &*bearer)];
        let (response, _) = open(server.address(), &headers).await;
        assert_eq!((response.status, response.text()), (400, why), "{protocol}");
    }
    let old = [("Upgrade", "websocket"), ("Connection", "upgrade"), ("Authorization", &*bearer)];
    let response = ask(server.address(), "GET /", &old).await;
    assert_eq!((response.status, response.header("sec-websocket-version")), (426, Some("13")));
    server.stop().await;
}

#[tokio::test]
async fn a_socket_opens_at_the_root_only() {
    let server = server().await;
    let mut headers = HANDSHAKE.to_vec();
    let protocol = with_token();
    headers.push(("Sec-WebSocket-Protocol", &protocol));
    for path in ["/index.html", "/igor/token", "/other"] {
        let response = ask(server.address(), &format!("GET {path}"), &headers).await;
        assert_eq!(response.status, 404, "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_server_without_a_token_lets_pages_of_its_own_in_and_no_others() {
    let token = Token::dangerously_without_token();
    let server = Running::start(Config { token, ..config() }, None).await;
    assert!(!server.handle.link().contains('#'));
    let open = |origin: &'static str| {
        let address = server.address();
        async move {
            let headers = [("Sec-WebSocket-Protocol", "igor.1"), ("Origin", origin)];
            let headers = if origin.is_empty() { &headers[..1] } else { &headers };
            self::open(address, headers).await.0.status
        }
    };
    assert_eq!(open("").await, 101);
    assert_eq!(open("http://evil.example").await, 403);
    server.stop().await;
}

#[tokio::test]
async fn the_log_says_what_to_do_about_a_refusal() {
    let (log, _keeping) = Log::keep();
    let server = server().await;
    let protocol = with_token();
    let cases: [(&[(&str, &str)], &str); 3] = [
        (&[("Sec-WebSocket-Protocol", &protocol), ("Host", "mine.local")], "in `allowed_hosts`"),
        (&[("Sec-WebSocket-Protocol", &protocol), ("Origin", "null")], "in `allowed_origins`"),
        (&[("Sec-WebSocket-Protocol", "igor.1")], "by the link that the program prints"),
    ];
    for (headers, advice) in cases {
        open(server.address(), headers).await;
        let text = log.text();
        let last = text.lines().rfind(|line| line.contains("refused at the gate"));
        assert!(last.is_some_and(|line| line.contains(advice)), "{headers:?}: {text}");
    }
    server.stop().await;
}
