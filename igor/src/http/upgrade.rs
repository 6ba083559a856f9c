//! The handshake that makes a WebSocket of a request (RFC 6455, section 4.2).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hyper::header::{
    AUTHORIZATION, CONNECTION, HeaderName, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode, Version};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::http::body::{Body, empty};
use crate::http::gate::bearer;
use crate::http::said;

/// The subprotocol that is spoken.
pub(crate) const SPOKEN: &str = "igor.1";

/// What every subprotocol of igor begins with.
const OURS: &str = "igor.";

/// The subprotocol by which a page, which can set no header, shows its token.
const TOKEN: &str = "igor.token.";

/// The version of WebSocket that there is.
const VERSION: &str = "13";

/// The bytes of the key that a client makes for each handshake.
const KEY_BYTES: usize = 16;

/// What is spoken over a WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// The protocol of this release.
    Igor1,
    /// The dialect of igor's ancestor, whose clients offer no subprotocol of igor's.
    Classic,
}

/// What is wrong with a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Malformed {
    Method,
    Connection,
    Version,
    Key,
    OtherProtocol,
    NoProtocol,
}

/// Whether a request wants to become a WebSocket.
pub(super) fn is_asked_for(parts: &Parts) -> bool {
    tokens(parts, &UPGRADE).any(|token| token.eq_ignore_ascii_case("websocket"))
}

/// The token that a request shows: as a subprotocol, or else as `Authorization: Bearer`.
pub(super) fn token(parts: &Parts) -> Option<String> {
    let mut offered = tokens(parts, &SEC_WEBSOCKET_PROTOCOL);
    if let Some(encoded) = offered.find_map(|protocol| protocol.strip_prefix(TOKEN)) {
        return String::from_utf8(URL_SAFE_NO_PAD.decode(encoded).ok()?).ok();
    }
    parts.headers.get(AUTHORIZATION).and_then(bearer).map(str::to_owned)
}

/// Whether a request shows a token at all, readable or not.
pub(super) fn shows_token(parts: &Parts) -> bool {
    let is_offered = |protocol: &str| protocol.starts_with(TOKEN);
    tokens(parts, &SEC_WEBSOCKET_PROTOCOL).any(is_offered)
        || parts.headers.get(AUTHORIZATION).and_then(bearer).is_some()
}

/// Answers a handshake, and says what is spoken from then on: the classic dialect only where that
/// is allowed.
///
/// # Errors
///
/// What is wrong with it; that is no secret.
pub(super) fn accept(
    parts: &Parts,
    is_classic_allowed: bool,
) -> Result<(Response<Body>, Dialect), Malformed> {
    if parts.method != Method::GET || parts.version != Version::HTTP_11 {
        return Err(Malformed::Method);
    }
    if !tokens(parts, &CONNECTION).any(|token| token.eq_ignore_ascii_case("upgrade")) {
        return Err(Malformed::Connection);
    }
    if only(parts, &SEC_WEBSOCKET_VERSION).is_none_or(|version| version != VERSION) {
        return Err(Malformed::Version);
    }
    let key = only(parts, &SEC_WEBSOCKET_KEY).ok_or(Malformed::Key)?;
    // As much room as base64 asks for at this length of text, and no more.
    if STANDARD.decode_slice(key, &mut [0; KEY_BYTES + 2]).ok() != Some(KEY_BYTES) {
        return Err(Malformed::Key);
    }
    let dialect = dialect(parts, is_classic_allowed)?;
    let accept = HeaderValue::from_str(&derive_accept_key(key.as_bytes()));
    let mut response = Response::new(empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept.map_err(|_| Malformed::Key)?);
    if dialect == Dialect::Igor1 {
        headers.insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SPOKEN));
    }
    Ok((response, dialect))
}

/// The dialect to speak. Another version of `igor.…` is refused, and not taken for classic.
fn dialect(parts: &Parts, is_classic_allowed: bool) -> Result<Dialect, Malformed> {
    let ours = || tokens(parts, &SEC_WEBSOCKET_PROTOCOL).filter(|one| one.starts_with(OURS));
    if ours().any(|offered| offered == SPOKEN) {
        return Ok(Dialect::Igor1);
    }
    if ours().any(|offered| !offered.starts_with(TOKEN)) {
        return Err(Malformed::OtherProtocol);
    }
    // A client that shows a token as a subprotocol speaks `igor.1` and only forgot to offer it.
    let is_classic = is_classic_allowed && ours().next().is_none();
    if is_classic { Ok(Dialect::Classic) } else { Err(Malformed::NoProtocol) }
}

impl Malformed {
    /// What is wrong, for the other end and for the log.
    pub(super) const fn why(self) -> &'static str {
        match self {
            Malformed::Method => "a WebSocket begins with `GET` of HTTP/1.1",
            Malformed::Connection => "the header `Connection: Upgrade` is missing",
            Malformed::Version => "the header `Sec-WebSocket-Version: 13` is missing",
            Malformed::Key => "the header `Sec-WebSocket-Key` is missing or is no key",
            Malformed::OtherProtocol => "of igor's subprotocols only `igor.1` is spoken here",
            Malformed::NoProtocol => "offer the subprotocol `igor.1`",
        }
    }

    pub(super) fn response(self) -> Response<Body> {
        let status = match self {
            Malformed::Version => StatusCode::UPGRADE_REQUIRED,
            _ => StatusCode::BAD_REQUEST,
        };
        let mut response = said(status, self.why());
        if self == Malformed::Version {
            let version = HeaderValue::from_static(VERSION);
            response.headers_mut().insert(SEC_WEBSOCKET_VERSION, version);
        }
        response
    }
}

/// The elements of a header that is a list, be it in one line or in several.
fn tokens<'a>(parts: &'a Parts, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lines = parts.headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim).filter(|token| !token.is_empty())
}

/// A header that is there once.
fn only<'a>(parts: &'a Parts, name: &HeaderName) -> Option<&'a str> {
    let mut values = parts.headers.get_all(name).iter();
    let first = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    const WHOLE: [(&str, &str); 5] = [
        ("connection", "keep-alive, Upgrade"),
        ("upgrade", "WebSocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("sec-websocket-protocol", "igor.1"),
    ];

    fn parts(headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::get("/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).expect("a request").into_parts().0
    }

    /// A whole handshake with one header said otherwise, or not at all, where classic is spoken or
    /// not.
    fn with_classic(
        is_allowed: bool,
        name: &str,
        value: Option<&str>,
    ) -> Result<(Response<Body>, Dialect), Malformed> {
        let mut headers: Vec<_> = WHOLE.into_iter().filter(|(other, _)| *other != name).collect();
        headers.extend(value.map(|value| (name, value)));
        accept(&parts(&headers), is_allowed)
    }

    fn with(name: &str, value: Option<&str>) -> Result<(Response<Body>, Dialect), Malformed> {
        with_classic(false, name, value)
    }

    #[test]
    fn a_whole_handshake_is_answered_as_the_standard_says() {
        let (response, _) = accept(&parts(&WHOLE), false).expect("accepted");
        assert_eq!(response.status(), StatusCode::SWITCHING_PROTOCOLS);
        // The key and its answer are the example of RFC 6455, section 1.3.
        assert_eq!(response.headers()[SEC_WEBSOCKET_ACCEPT], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assert_eq!(response.headers()[SEC_WEBSOCKET_PROTOCOL], "igor.1");
    }

    #[test]
    fn a_handshake_that_is_not_whole_is_told_what_is_wrong() {
        let cases = [
            ("connection", None, Malformed::Connection),
            ("connection", Some("keep-alive"), Malformed::Connection),
            ("sec-websocket-version", None, Malformed::Version),
            ("sec-websocket-version", Some("8"), Malformed::Version),
            ("sec-websocket-key", None, Malformed::Key),
            ("sec-websocket-key", Some("short"), Malformed::Key),
            ("sec-websocket-key", Some("AAAA"), Malformed::Key),
            ("sec-websocket-protocol", None, Malformed::NoProtocol),
            ("sec-websocket-protocol", Some("chat, igor.token.eA"), Malformed::NoProtocol),
            ("sec-websocket-protocol", Some("igor.2"), Malformed::OtherProtocol),
            ("sec-websocket-protocol", Some("igor.10, chat"), Malformed::OtherProtocol),
        ];
        for (name, value, malformed) in cases {
            let refused = with(name, value).map(|_| ()).expect_err("refused");
            assert_eq!(refused, malformed, "{name}: {value:?}");
        }
    }

    #[test]
    fn only_who_offers_nothing_of_igors_speaks_classic() {
        let offering = |protocols| with_classic(true, "sec-websocket-protocol", protocols);
        for protocols in [None, Some(""), Some("chat, superchat"), Some("igor")] {
            let (response, dialect) = offering(protocols).expect("accepted");
            assert_eq!(dialect, Dialect::Classic, "{protocols:?}");
            assert!(!response.headers().contains_key(SEC_WEBSOCKET_PROTOCOL));
        }
        assert!(matches!(offering(Some("chat, igor.1")), Ok((_, Dialect::Igor1))));
        for protocols in ["igor.2", "chat, igor.0", "igor.", "igor.classic, igor.token.eA"] {
            let refused = offering(Some(protocols)).expect_err("refused");
            assert_eq!(refused, Malformed::OtherProtocol, "{protocols}");
        }
        let refused = offering(Some("igor.token.eA")).expect_err("refused");
        assert_eq!(refused, Malformed::NoProtocol);
    }

    #[test]
    fn igor_1_is_found_among_others() {
        assert!(with("sec-websocket-protocol", Some("igor.2,chat , igor.1,igor.token.eA")).is_ok());
    }

    #[test]
    fn a_token_is_shown_as_a_subprotocol_or_as_a_bearer() {
        let shown = |name: &str, value: &str| token(&parts(&[(name, value)]));
        let secret = || Some("sécret/?".to_owned());
        let protocol = "sec-websocket-protocol";
        assert_eq!(shown(protocol, "igor.1, igor.token.c8OpY3JldC8_"), secret());
        assert_eq!(shown(protocol, "igor.token.c8OpY3JldC8_,igor.1"), secret());
        assert_eq!(shown(protocol, "igor.1, igor.token.c8OpY3JldC8/"), None);
        assert_eq!(shown(protocol, "igor.1, igor.token.AA=="), None);
        assert_eq!(shown(protocol, "igor.1"), None);
        assert_eq!(shown("authorization", "Bearer abc"), Some("abc".into()));
        assert_eq!(shown("authorization", "bearer abc"), Some("abc".into()));
        assert_eq!(shown("authorization", "Basic abc"), None);
        assert_eq!(shown("authorization", "Bearer"), None);
    }

    #[test]
    fn a_token_that_cannot_be_read_is_shown_nevertheless() {
        let shows = |name: &str, value: &str| shows_token(&parts(&[(name, value)]));
        assert!(shows("sec-websocket-protocol", "igor.1, igor.token.AA=="));
        assert!(shows("authorization", "Bearer abc"));
        assert!(!shows("sec-websocket-protocol", "igor.1"));
        assert!(!shows("authorization", "Basic abc"));
    }
}
