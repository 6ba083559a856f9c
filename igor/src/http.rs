//! The HTTP front: a request becomes a response, and says what its socket is for afterwards.
//!
//! Everything passes the gate first. Behind it are the WebSocket (an upgrade of `/`), the exchange
//! of a one-time code for the token (`/igor/token`), and the page. Nothing here knows a listener,
//! so that the front can stand in another server.

mod body;
mod code;
mod exchange;
mod gate;
mod page;
mod token;
mod upgrade;

use std::net::IpAddr;

use hyper::body::{Body as HttpBody, Bytes};
use hyper::header::{CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS};
use hyper::http::request::Parts;
use hyper::{Request, Response, StatusCode};
use tracing::debug;

pub(crate) use body::Body;
pub(crate) use code::Codes;
pub use gate::GateLimits;
pub(crate) use gate::{Gate, Names, Proxies, Scheme, check_origin};
pub use page::Page;
pub(crate) use page::Shelf;
pub(crate) use token::Secret;
pub use token::Token;
pub(crate) use upgrade::SPOKEN;

use crate::http::gate::{Refusals, Refused};
use crate::identity::Handshake;
use crate::wire::close::CloseCode;

/// Where a page exchanges its one-time code.
const EXCHANGE: &str = "/igor/token";

/// Paths under this belong to igor, whatever the page has there.
const RESERVED: &str = "/igor/";

/// Answers every request of a server.
#[derive(Debug)]
pub(crate) struct Http {
    gate: Gate,
    proxies: Proxies,
    /// The codes of the links that were made; the server's handle makes more.
    codes: Codes,
    page: Option<Shelf>,
    refusals: Refusals,
}

/// What a request is answered with.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) response: Response<Body>,
    /// What the socket becomes once the response is written; `None` where it stays HTTP.
    pub(crate) upgrade: Option<Upgrade>,
}

/// What a socket becomes.
#[derive(Debug)]
pub(crate) enum Upgrade {
    /// A WebSocket that a client speaks over, which has shown this.
    Client(Box<Handshake>),
    /// A WebSocket that is closed at once.
    Closed(CloseCode),
}

impl Http {
    pub(crate) fn new(gate: Gate, proxies: Proxies, codes: Codes, page: Option<Shelf>) -> Self {
        Http { gate, proxies, codes, page, refusals: Refusals::default() }
    }

    /// The one-time codes.
    pub(crate) fn codes(&self) -> &Codes {
        &self.codes
    }

    /// The token that it asks for, unless it goes without.
    pub(crate) fn token(&self) -> Option<&str> {
        self.gate.token().map(Secret::reveal)
    }

    /// Answers a request that came over a socket of this address. Only the exchange of a code
    /// reads a body, and no more than a little.
    pub(crate) async fn answer<B>(&self, request: Request<B>, socket: IpAddr) -> Answer
    where
        B: HttpBody<Data = Bytes>,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (parts, body) = request.into_parts();
        if let Err(refused) = self.gate.admit(&parts) {
            return self.refuse(&parts, refused).into();
        }
        if upgrade::is_asked_for(&parts) {
            return self.upgrade(&parts, socket);
        }
        let path = parts.uri.path();
        if path == EXCHANGE {
            return exchange::answer(&self.gate, &self.codes, &parts, body).await.into();
        }
        match &self.page {
            Some(page) if !path.starts_with(RESERVED) => page.answer(&parts).await.into(),
            _ => plain(StatusCode::NOT_FOUND).into(),
        }
    }

    fn upgrade(&self, parts: &Parts, socket: IpAddr) -> Answer {
        if parts.uri.path() != "/" {
            return plain(StatusCode::NOT_FOUND).into();
        }
        let token = upgrade::token(parts);
        let upgrade = match self.gate.admit_socket(parts, token.as_deref()) {
            Ok(()) => {
                let client = self.proxies.client(socket, &parts.headers);
                Upgrade::Client(Box::new(Handshake::new(parts.headers.clone(), client, token)))
            }
            Err(refused @ Refused::TokenOfWebSocket) => {
                self.refusals.count(refused, parts);
                Upgrade::Closed(CloseCode::Unauthorized)
            }
            Err(refused) => return self.refuse(parts, refused).into(),
        };
        match upgrade::accept(parts) {
            Ok(response) => Answer { response, upgrade: Some(upgrade) },
            Err(malformed) => {
                debug!(why = malformed.why(), "handshake refused");
                malformed.response().into()
            }
        }
    }

    fn refuse(&self, parts: &Parts, refused: Refused) -> Response<Body> {
        self.refusals.count(refused, parts);
        let mut response = plain(refused.status());
        if response.status() == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<Response<Body>> for Answer {
    fn from(response: Response<Body>) -> Self {
        Answer { response, upgrade: None }
    }
}

/// A response that says its status and nothing else.
pub(crate) fn plain(status: StatusCode) -> Response<Body> {
    said(status, status.canonical_reason().unwrap_or("refused"))
}

/// A response of one line of text.
fn said(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(body::full(Bytes::from_static(text.as_bytes())));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
