//! The exchange of a link's code for the token.

use std::net::SocketAddr;

use igor::{Config, Token};

use crate::program::{Running, TOKEN, config};
use crate::raw::{Raw, Response, ask};

pub(crate) const VITE: &str = "http://localhost:5173";

async fn server() -> Running {
    Running::start(Config { page_origin: Some(VITE.to_owned()), ..config() }, None).await
}

async fn post(address: SocketAddr, body: &str, headers: &[(&str, &str)]) -> Response {
    let mut raw = Raw::connect(address).await;
    let mut request = format!("POST /igor/token HTTP/1.1\r\nHost: {address}\r\n");
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    request += &format!("Content-Length: {}\r\n\r\n{body}", body.len());
    raw.write(request).await;
    raw.response(false).await
}

pub(crate) async fn exchange(address: SocketAddr, code: &str) -> Response {
    let json = ("Content-Type", "application/json");
    post(address, &format!(r#"{{"code":"{code}"}}"#), &[json, ("Origin", VITE)]).await
}

#[tokio::test]
async fn a_code_is_exchanged_once() {
    let server = server().await;
    let code = server.code();
    let first = exchange(server.address(), &code).await;
    assert_eq!((first.status, first.text()), (200, &*format!(r#"{{"token":"{TOKEN}"}}"#)));
    assert_eq!(first.header("content-type"), Some("application/json"));
    assert_eq!(first.header("cache-control"), Some("no-store"));
    assert_eq!(first.header("access-control-allow-origin"), Some(VITE));
    assert_eq!(first.header("vary"), Some("origin"));
    let second = exchange(server.address(), &code).await;
    assert_eq!((second.status, second.text()), (403, "Forbidden"));
    // A page of an allowed origin may read why.
    assert_eq!(second.header("access-control-allow-origin"), Some(VITE));
    server.stop().await;
}

#[tokio::test]
async fn only_known_pages_exchange_codes() {
    let server = server().await;
    let body = format!(r#"{{"code":"{}"}}"#, server.code());
    let json = ("Content-Type", "application/json");
    for headers in [&[json][..], &[json, ("Origin", "http://evil.example")]] {
        let refused = post(server.address(), &body, headers).await;
        assert_eq!((refused.status, refused.text()), (403, "Forbidden"));
        assert_eq!(refused.header("access-control-allow-origin"), None);
    }
    let own = format!("http://{}", server.address());
    assert_eq!(post(server.address(), &body, &[json, ("Origin", &own)]).await.status, 200);
    server.stop().await;
}

#[tokio::test]
async fn a_known_page_may_ask_before_it_sends() {
    let server = server().await;
    let asked = |origin: &'static str| {
        let address = server.address();
        async move {
            let headers = [("Origin", origin), ("Access-Control-Request-Method", "POST")];
            ask(address, "OPTIONS /igor/token", &headers).await
        }
    };
    let answer = asked(VITE).await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("access-control-allow-origin"), Some(VITE));
    assert_eq!(answer.header("access-control-allow-methods"), Some("POST"));
    assert_eq!(answer.header("access-control-allow-headers"), Some("content-type"));
    let refused = asked("http://evil.example").await;
    assert_eq!(refused.status, 403);
    assert_eq!(refused.header("access-control-allow-origin"), None);
    server.stop().await;
}

#[tokio::test]
async fn what_is_no_code_is_told_so() {
    let server = server().await;
    let json = [("Content-Type", "application/json"), ("Origin", VITE)];
    let long = format!(r#"{{"code":"{}"}}"#, "x".repeat(2000));
    for (body, headers, status) in [
        ("{}", &json[..], 400),
        ("not json", &json, 400),
        (r#"{"code":5}"#, &json, 400),
        (&long, &json, 400),
        (r#"{"code":"x"}"#, &json[1..], 415),
        (r#"{"code":"x"}"#, &[("Content-Type", "text/plain"), ("Origin", VITE)], 415),
        (r#"{"code":""}"#, &json, 403),
    ] {
        assert_eq!(post(server.address(), body, headers).await.status, status, "{body}");
    }
    let got = ask(server.address(), "GET /igor/token", &[("Origin", VITE)]).await;
    assert_eq!((got.status, got.header("allow")), (405, Some("POST, OPTIONS")));
    server.stop().await;
}

#[tokio::test]
async fn guesses_do_not_shut_out_the_right_code() {
    let server = server().await;
    let code = server.code();
    for _ in 0..100 {
        assert_eq!(exchange(server.address(), "guess").await.status, 403);
    }
    assert_eq!(exchange(server.address(), &code).await.status, 200);
    server.stop().await;
}

#[tokio::test]
async fn a_server_without_a_token_has_none_to_hand_out() {
    let token = Token::dangerously_without_token();
    let page_origin = Some(VITE.to_owned());
    let server = Running::start(Config { token, page_origin, ..config() }, None).await;
    assert_eq!(exchange(server.address(), "x").await.status, 404);
    server.stop().await;
}
