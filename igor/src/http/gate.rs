//! The gate: may this request speak to us at all?
//!
//! Any page in the user's browser can reach a port of this machine, and any name can be made to
//! point here. So, in this order: an exact `Host`, an exact `Origin` where one is sent, the token
//! in constant time. Verdicts only; what becomes of them is decided elsewhere.

mod names;
mod proxies;
mod refusals;

use std::time::Duration;

use hyper::StatusCode;
use hyper::header::{AUTHORIZATION, HOST, HeaderName, HeaderValue, ORIGIN};
use hyper::http::request::Parts;

pub(crate) use names::{Names, Scheme, check_host, check_origin};
pub(crate) use proxies::Proxies;
pub(super) use refusals::Refusals;

use crate::http::Secret;

/// Limits of sockets that are not clients yet.
#[derive(Clone, Debug)]
pub struct GateLimits {
    /// How long a socket may take for the headers of a request, and how long it may keep a
    /// response waiting; 5 s.
    pub handshake: Duration,
    /// Bytes of the headers of a request; 8 KiB, which is also the least.
    pub header_bytes: usize,
    /// Sockets that may wait at the gate, or speak HTTP, at once; 64. Any more are closed unread.
    pub waiting_sockets: usize,
}

impl Default for GateLimits {
    fn default() -> Self {
        GateLimits { handshake: Duration::from_secs(5), header_bytes: 8 << 10, waiting_sockets: 64 }
    }
}

/// Who may speak to a server.
#[derive(Debug)]
pub(crate) struct Gate {
    names: Names,
    /// The token, unless the operator went without.
    token: Option<Secret>,
}

/// Why a request or a socket is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// The request is for another server; what a rebound name looks like.
    Host,
    /// It comes from a page that is neither ours nor allowed.
    Origin,
    /// It shows a wrong token in a header: a program that sees the status of a failed handshake.
    Token,
    /// It shows no token or a wrong one as a subprotocol, by the browser's `WebSocket`, which
    /// shows no status, be it in a page or in Node.
    TokenOfWebSocket,
}

impl Gate {
    pub(crate) fn new(names: Names, token: Option<Secret>) -> Self {
        Gate { names, token }
    }

    /// The token that it asks for.
    pub(crate) fn token(&self) -> Option<&Secret> {
        self.token.as_ref()
    }

    /// Whether a request may be answered at all.
    pub(super) fn admit(&self, parts: &Parts) -> Result<(), Refused> {
        // An absolute target stands above the header, so that it has to be as good.
        let target = parts.uri.authority().map(|authority| authority.as_str());
        let host = only(parts, &HOST).and_then(|host| host.to_str().ok()).ok_or(Refused::Host)?;
        if !self.names.is_host(host) || !target.is_none_or(|target| self.names.is_host(target)) {
            return Err(Refused::Host);
        }
        if parts.headers.contains_key(ORIGIN) && self.origin(parts).is_none() {
            return Err(Refused::Origin);
        }
        Ok(())
    }

    /// The origin that a request says it comes from, if it is one of ours or an allowed one.
    pub(super) fn origin<'a>(&self, parts: &'a Parts) -> Option<&'a HeaderValue> {
        let origin = only(parts, &ORIGIN)?;
        self.names.is_origin(origin.to_str().ok()?).then_some(origin)
    }

    /// Whether an admitted request that shows this token may become a socket.
    pub(super) fn admit_socket(&self, parts: &Parts, shown: Option<&str>) -> Result<(), Refused> {
        let Some(token) = &self.token else { return Ok(()) };
        match shown {
            Some(shown) if token.is(shown) => Ok(()),
            _ if parts.headers.contains_key(AUTHORIZATION) => Err(Refused::Token),
            _ => Err(Refused::TokenOfWebSocket),
        }
    }

    /// Whether an admitted request may have files, or the schema.
    pub(super) fn admit_files(&self, parts: &Parts) -> Result<(), Refused> {
        let Some(token) = &self.token else { return Ok(()) };
        let shown = only(parts, &AUTHORIZATION).and_then(bearer);
        if shown.is_some_and(|shown| token.is(shown)) { Ok(()) } else { Err(Refused::Token) }
    }
}

/// The token in an `Authorization` header.
pub(super) fn bearer(authorization: &HeaderValue) -> Option<&str> {
    let (scheme, token) = authorization.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start())
}

impl Refused {
    /// The status that is the whole answer.
    pub(super) fn status(self) -> StatusCode {
        match self {
            Refused::Host => StatusCode::MISDIRECTED_REQUEST,
            Refused::Origin => StatusCode::FORBIDDEN,
            Refused::Token | Refused::TokenOfWebSocket => StatusCode::UNAUTHORIZED,
        }
    }
}

/// A header that is there once; twice is as bad as not at all.
fn only<'a>(parts: &'a Parts, name: &HeaderName) -> Option<&'a HeaderValue> {
    let mut values = parts.headers.get_all(name).iter();
    let first = values.next()?;
    values.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    const TOKEN: &str = "a-token-of-some-length";

    fn gate(token: Option<&str>) -> Gate {
        let address = "127.0.0.1:5678".parse().expect("an address");
        let names = Names::new(Scheme::Http, address, &[], &["http://localhost:5173".into()]);
        Gate::new(names, token.map(|token| Secret::from(token.to_owned())))
    }

    fn parts(target: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::get(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).expect("a request").into_parts().0
    }

    #[test]
    fn only_the_exact_host_is_ours() {
        let admit = |headers: &[_]| gate(None).admit(&parts("/", headers));
        for host in ["127.0.0.1:5678", "localhost:5678", "[::1]:5678"] {
            assert_eq!(admit(&[("host", host)]), Ok(()), "{host}");
        }
        for host in [
            "",
            "127.0.0.1",
            "localhost",
            "127.0.0.1:5679",
            "127.0.0.1:56780",
            "localhost:5678.evil.example",
            "evil.example:5678",
            "localhost.:5678",
            "LOCALHOST:5678",
            "user@localhost:5678",
            "127.1:5678",
            "0.0.0.0:5678",
            "::1:5678",
        ] {
            assert_eq!(admit(&[("host", host)]), Err(Refused::Host), "{host}");
        }
        assert_eq!(admit(&[]), Err(Refused::Host));
        let twice = [("host", "localhost:5678"), ("host", "localhost:5678")];
        assert_eq!(admit(&twice), Err(Refused::Host));
    }

    #[test]
    fn an_absolute_target_has_to_be_ours_too() {
        let headers = [("host", "localhost:5678")];
        let admit = |target: &str| gate(None).admit(&parts(target, &headers));
        assert_eq!(admit("http://127.0.0.1:5678/"), Ok(()));
        assert_eq!(admit("http://evil.example:5678/"), Err(Refused::Host));
    }

    #[test]
    fn only_the_exact_origins_are_ours_or_allowed() {
        let admit = |origins: &[&str]| {
            let mut headers = vec![("host", "localhost:5678")];
            headers.extend(origins.iter().map(|origin| ("origin", *origin)));
            gate(None).admit(&parts("/", &headers))
        };
        assert_eq!(admit(&[]), Ok(()));
        for origin in [
            "http://127.0.0.1:5678",
            "http://localhost:5678",
            "http://[::1]:5678",
            "http://localhost:5173",
        ] {
            assert_eq!(admit(&[origin]), Ok(()), "{origin}");
            assert_eq!(admit(&[origin, origin]), Err(Refused::Origin), "{origin} twice");
        }
        for origin in [
            "",
            "null",
            "*",
            "file://",
            "https://localhost:5678",
            "http://localhost",
            "http://localhost:5678/",
            "http://localhost:5678.evil.example",
            "http://evil.example",
            "http://evil.example:5678",
            "http://localhost:51730",
            "HTTP://LOCALHOST:5173",
            "chrome-extension://abcdefghijklmnop",
        ] {
            assert_eq!(admit(&[origin]), Err(Refused::Origin), "{origin}");
        }
    }

    #[test]
    fn the_host_is_looked_at_before_the_origin() {
        let headers = [("host", "evil.example"), ("origin", "http://evil.example")];
        assert_eq!(gate(None).admit(&parts("/", &headers)), Err(Refused::Host));
    }

    #[test]
    fn a_socket_shows_the_token() {
        let from_page = parts("/", &[("origin", "http://localhost:5678")]);
        let from_program = parts("/", &[]);
        let guarded = gate(Some(TOKEN));
        for parts in [&from_page, &from_program] {
            assert_eq!(guarded.admit_socket(parts, Some(TOKEN)), Ok(()));
            assert_eq!(gate(None).admit_socket(parts, None), Ok(()));
            assert_eq!(gate(None).admit_socket(parts, Some("whatever")), Ok(()));
        }
        for shown in [None, Some(""), Some("a-token-of-some-lengtH"), Some("a-token")] {
            for parts in [&from_page, &from_program] {
                assert_eq!(guarded.admit_socket(parts, shown), Err(Refused::TokenOfWebSocket));
            }
            let by_header = parts("/", &[("authorization", "Bearer whatever")]);
            assert_eq!(guarded.admit_socket(&by_header, shown), Err(Refused::Token));
        }
    }

    #[test]
    fn null_passes_by_name_only() {
        let address = "127.0.0.1:5678".parse().expect("an address");
        let names = Names::new(Scheme::Http, address, &[], &["null".into()]);
        let gate = Gate::new(names, None);
        let headers = [("host", "localhost:5678"), ("origin", "null")];
        assert_eq!(gate.admit(&parts("/", &headers)), Ok(()));
    }
}
