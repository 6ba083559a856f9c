//! The HTTP front: a request becomes a response, and says what its socket is for afterwards.
//!
//! Everything passes the gate first. Behind it are the WebSocket (an upgrade of `/`), what igor
//! itself answers (`/igor/…`), the files of the mounts, and the page. Nothing here knows a listener,
//! so that the front can stand in another server.

mod body;
mod code;
mod content;
mod cors;
mod exchange;
mod files;
mod gate;
mod metrics;
mod page;
mod path;
mod root;
mod schema;
mod token;
mod upgrade;

use std::borrow::Cow;
use std::net::IpAddr;
use std::time::Duration;

use hyper::body::{Body as HttpBody, Bytes};
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use hyper::http::request::Parts;
use hyper::{Request, Response, StatusCode};
use tokio::time::timeout;
use tracing::debug;

pub(crate) use body::Body;
pub(crate) use code::Codes;
#[cfg(any(test, feature = "fuzz"))]
pub(crate) use content::{Range, Tag, Validators, Verdict, may_change};
pub(crate) use files::Files;
pub use files::Mount;
pub use gate::GateLimits;
pub(crate) use gate::{Gate, Names, Proxies, Scheme, check_host, check_origin};
pub use page::Page;
pub(crate) use page::Shelf;
#[cfg(any(test, feature = "fuzz"))]
pub(crate) use path::file_name;
pub(crate) use schema::Schema;
pub(crate) use token::Secret;
pub use token::Token;
pub(crate) use upgrade::SPOKEN;

use crate::http::gate::{Refusals, Refused};
use crate::http::upgrade::Dialect;
use crate::identity::Handshake;
use crate::shared::SharedRef;
use crate::wire::close::CloseCode;

/// Where a page exchanges its one-time code.
const EXCHANGE: &str = "/igor/token";

/// Where the schema is.
const SCHEMA: &str = "/igor/schema.json";

/// Where what is counted is.
const METRICS: &str = "/igor/metrics";

/// What igor itself says is JSON.
const JSON: &str = "application/json";

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
    /// Not told by a server that knows its clients otherwise than by the token.
    schema: Option<Schema>,
    /// What is counted, by the same rule.
    counted: Option<SharedRef>,
    files: Files,
    refusals: Refusals,
    /// How long an answer may take; files take as long as they have to, while they go on.
    patience: Duration,
    /// Whether clients of the ancestor may come.
    is_classic_allowed: bool,
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
    /// The same of a client that speaks as the ancestor does.
    Classic(Box<Handshake>),
    /// A WebSocket that is closed at once.
    Closed(CloseCode),
}

impl Http {
    pub(crate) fn new(
        gate: Gate,
        proxies: Proxies,
        codes: Codes,
        page: Option<Shelf>,
        files: Files,
        schema: Option<Schema>,
        patience: Duration,
    ) -> Self {
        let refusals = Refusals::default();
        let (counted, is_classic_allowed) = (None, false);
        Http {
            gate,
            proxies,
            codes,
            page,
            schema,
            counted,
            files,
            refusals,
            patience,
            is_classic_allowed,
        }
    }

    /// The same, to which clients of the ancestor may come, if this is so.
    pub(crate) fn allowing_classic(self, is_classic_allowed: bool) -> Self {
        Http { is_classic_allowed, ..self }
    }

    /// The same, which tells what is counted, if this is there.
    pub(crate) fn counting(self, counted: Option<SharedRef>) -> Self {
        Http { counted, ..self }
    }

    /// The one-time codes.
    pub(crate) fn codes(&self) -> &Codes {
        &self.codes
    }

    /// The token that it asks for, unless it goes without.
    pub(crate) fn token(&self) -> Option<&str> {
        self.gate.token().map(Secret::reveal)
    }

    /// Answers a request that came over a socket of this address, in a bounded time but for a file
    /// that is still being sent.
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
            return self.upgrade(parts, socket);
        }
        // Boxed, so that an upgrade does not carry about the memory that these take.
        if self.files.answers(parts.uri.path()) {
            return Box::pin(self.hand_out(&parts, body, socket)).await.into();
        }
        let answering = timeout(self.patience, Box::pin(self.answer_shortly(&parts, body)));
        answering.await.unwrap_or_else(|_| plain(StatusCode::REQUEST_TIMEOUT)).into()
    }

    async fn hand_out<B>(&self, parts: &Parts, body: B, socket: IpAddr) -> Response<Body>
    where
        B: HttpBody<Data = Bytes>,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let client = self.proxies.client(socket, &parts.headers);
        let answered = self.files.answer(&self.gate, parts, body, client).await;
        let mut response = answered.unwrap_or_else(|refused| self.refuse(parts, refused));
        cors::show(&mut response, self.gate.origin(parts));
        response
    }

    async fn answer_shortly<B>(&self, parts: &Parts, body: B) -> Response<Body>
    where
        B: HttpBody<Data = Bytes>,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let path = parts.uri.path();
        match &self.page {
            _ if path == EXCHANGE => exchange::answer(&self.gate, &self.codes, parts, body).await,
            _ if path == SCHEMA => self.describe(parts),
            _ if path == METRICS => self.count(parts),
            Some(page) if !path.starts_with(RESERVED) => page.answer(parts).await,
            _ => plain(StatusCode::NOT_FOUND),
        }
    }

    fn describe(&self, parts: &Parts) -> Response<Body> {
        let Some(schema) = &self.schema else { return plain(StatusCode::NOT_FOUND) };
        match self.gate.admit_files(parts) {
            Ok(()) => schema.answer(&parts.method),
            Err(refused) => self.refuse(parts, refused),
        }
    }

    fn count(&self, parts: &Parts) -> Response<Body> {
        let Some(shared) = &self.counted else { return plain(StatusCode::NOT_FOUND) };
        match self.gate.admit_files(parts) {
            Ok(()) => metrics::answer(shared, &parts.method),
            Err(refused) => self.refuse(parts, refused),
        }
    }

    fn upgrade(&self, parts: Parts, socket: IpAddr) -> Answer {
        if parts.uri.path() != "/" {
            return plain(StatusCode::NOT_FOUND).into();
        }
        let token = upgrade::token(&parts);
        let admitted = match self.gate.admit_socket(&parts, token.as_deref()) {
            Ok(()) => Ok(()),
            Err(refused @ Refused::TokenOfWebSocket) => Err(refused),
            Err(refused) => return self.refuse(&parts, refused).into(),
        };
        let (response, dialect) = match upgrade::accept(&parts, self.is_classic_allowed) {
            Ok(accepted) => accepted,
            Err(malformed) => {
                debug!(why = malformed.why(), "handshake refused");
                return malformed.response().into();
            }
        };
        let upgrade = match admitted {
            Ok(()) => {
                let client = self.proxies.client(socket, &parts.headers);
                let handshake = Box::new(Handshake::new(parts.headers, client, token));
                match dialect {
                    Dialect::Igor1 => Upgrade::Client(handshake),
                    Dialect::Classic => Upgrade::Classic(handshake),
                }
            }
            Err(refused) => {
                self.refusals.count(refused, &parts);
                // Who is told knows it already, and mends one in another way than the other.
                let is_shown = upgrade::shows_token(&parts);
                let code = if is_shown { CloseCode::Unauthorized } else { CloseCode::NoToken };
                Upgrade::Closed(code)
            }
        };
        Answer { response, upgrade: Some(upgrade) }
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

/// A response that says which methods there are.
fn not_allowed(methods: &'static str) -> Response<Body> {
    let mut response = plain(StatusCode::METHOD_NOT_ALLOWED);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(methods));
    response
}

/// A response that only whoever asked may keep: it has a secret in it, or is of this moment.
fn unkept(kind: &'static str, body: impl Into<Bytes>) -> Response<Body> {
    let mut response = Response::new(body::full(body.into()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A response of one line of text.
fn said(status: StatusCode, text: impl Into<Cow<'static, str>>) -> Response<Body> {
    let text = match text.into() {
        Cow::Borrowed(text) => Bytes::from_static(text.as_bytes()),
        Cow::Owned(text) => Bytes::from(text),
    };
    let mut response = Response::new(body::full(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
