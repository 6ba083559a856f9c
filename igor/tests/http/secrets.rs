//! What the log never shows.

use igor::{Config, Server};

use crate::exchange::{VITE, exchange};
use crate::gate::{open, with_token};
use crate::log::Log;
use crate::program::{Running, TOKEN, TOKEN_PROTOCOL, config, registry};

#[tokio::test]
async fn the_log_shows_no_token_and_no_code() {
    let (log, _guard) = Log::keep();

    let config = Config { page_origin: Some(VITE.to_owned()), ..config() };
    let bound = Server::new(config).registry(registry()).bind().await.expect("bound");
    let server = Running::run(bound);
    let address = server.address();
    let code = server.code();
    let protocol = with_token();
    let bearer = format!("Bearer {TOKEN}");
    let cases: [&[(&str, &str)]; 5] = [
        &[("Sec-WebSocket-Protocol", &protocol)],
        &[("Sec-WebSocket-Protocol", "igor.1"), ("Authorization", &bearer)],
        &[("Sec-WebSocket-Protocol", &protocol), ("Origin", "http://evil.example")],
        &[("Sec-WebSocket-Protocol", &protocol), ("Host", "evil.example")],
        &[("Sec-WebSocket-Protocol", "igor.1, igor.token.d3Jvbmc"), ("Origin", VITE)],
    ];
    for headers in cases {
        open(address, headers).await;
    }
    assert_eq!(exchange(address, "wrong-code").await.status, 403);
    assert_eq!(exchange(address, &code).await.status, 200);
    assert_eq!(exchange(address, &code).await.status, 403);
    server.stop().await;

    let text = log.text();
    for event in ["listening", "refused at the gate", "evil.example", "a code was exchanged"] {
        assert!(text.contains(event), "no `{event}` in {text}");
    }
    let protocol = TOKEN_PROTOCOL.trim_start_matches("igor.token.");
    for secret in [TOKEN, protocol, &code, "d3Jvbmc", "wrong-code"] {
        assert!(!text.contains(secret), "`{secret}` in {text}");
    }
}
