//! Files: what lies in the mounts of a server, for whoever may have it.
//!
//! `/files/<mount>/<name>` is read by `GET` and `HEAD`, written by `PUT` and `POST` and deleted by
//! `DELETE`, as far as the mount allows. Whether the client may have a file is checked before
//! whether the file exists, so that nobody else learns of it.

mod access;
mod draft;
mod link;
mod mount;
mod refusal;
mod sign;
mod sweep;
mod upload;

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use hyper::body::{Body as HttpBody, Bytes};
use hyper::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, HeaderValue, REFERRER_POLICY,
    VARY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::http::request::Parts;
use hyper::{Method, Response};
use tokio::time::timeout;

pub use mount::Mount;

use crate::error::Error;
use crate::http::body::Body;
use crate::http::content::{Content, accepted, is_passive};
use crate::http::cors;
use crate::http::files::access::{Denied, Doors};
use crate::http::files::link::Key;
use crate::http::files::mount::Opened;
use crate::http::files::refusal::Refusal;
use crate::http::gate::{Gate, Refused};
use crate::http::path::{file_name, is_hidden, is_name};
use crate::identity::Authorizer;

/// Where the mounts are.
const FILES: &str = "/files/";

/// Where links are signed.
const SIGN: &str = "/igor/link";

/// What a page of another origin may ask for.
const METHODS: &str = "GET, HEAD, PUT, POST, DELETE";

/// The headers that it may ask with.
const HEADERS: &str = "authorization, content-type, if-match, if-modified-since, if-none-match, \
                       if-range, if-unmodified-since, range";

/// A file that is opened as a page runs no script, loads nothing else, and has no origin.
const SANDBOX: &str = "sandbox; default-src 'none'; img-src 'self' data:; media-src 'self'; \
                       style-src 'unsafe-inline'";

/// The mounts of a server.
#[derive(Debug)]
pub(crate) struct Files {
    mounts: BTreeMap<String, Opened>,
    doors: Doors,
    /// How long the other end may take to send something, and the disk to open a file.
    patience: Duration,
}

impl Files {
    /// Opens the mounts.
    ///
    /// # Errors
    ///
    /// `internal` when one cannot be opened or makes no sense, or two have one name.
    pub(crate) fn open(
        mounts: &[Mount],
        authorizer: Option<Arc<Authorizer>>,
        patience: Duration,
    ) -> Result<Self, Error> {
        let mut opened = BTreeMap::new();
        for mount in mounts {
            if opened.insert(mount.name.clone(), Opened::open(mount.clone())?).is_some() {
                let text = format!("there are two mounts `{}`", mount.name);
                return Err(Error::mistake(text));
            }
        }
        let doors = Doors { key: Key::make()?, authorizer };
        Ok(Files { mounts: opened, doors, patience })
    }

    /// Whether a path is one of these; without a mount none is.
    pub(super) fn answers(&self, path: &str) -> bool {
        !self.mounts.is_empty() && (path == SIGN || path.starts_with(FILES))
    }

    /// Answers a request from this address that the gate admitted.
    ///
    /// # Errors
    ///
    /// That the gate refuses it after all, because it shows no token.
    pub(super) async fn answer<B>(
        &self,
        gate: &Gate,
        parts: &Parts,
        body: B,
        client: IpAddr,
    ) -> Result<Response<Body>, Refused>
    where
        B: HttpBody<Data = Bytes>,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        if parts.method == Method::OPTIONS {
            return Ok(cors::preflight(METHODS, HEADERS));
        }
        let asked = parts.uri.path().strip_prefix(FILES).and_then(|path| path.split_once('/'));
        let file = asked.and_then(|(mount, path)| Some((mount, file_name(path)?)));
        let named = file.as_ref().map(|(mount, name)| (*mount, name.as_str()));
        match self.doors.admit(gate, parts, named, client).await {
            Ok(()) => {}
            Err(Denied::AtTheGate(refused)) => return Err(refused),
            Err(Denied::Said(refusal)) => return Ok(refusal.response()),
        }
        if parts.uri.path() == SIGN {
            return Ok(self.sign(parts, body).await);
        }
        let answered = match named.and_then(|(mount, name)| self.find(mount, name)) {
            Some((opened, name)) => self.serve(opened, name, parts, body).await,
            None => Err(Refusal::ABSENT),
        };
        Ok(answered.unwrap_or_else(Refusal::response))
    }

    /// The path of a file with the right to read it; `None` if there can be none of that name.
    fn link(&self, mount: &str, name: &str, life: Duration, now: SystemTime) -> Option<String> {
        let (opened, name) = self.find(mount, name)?;
        let is_there = opened.mount.read && is_name(name) && opened.mount.has(name);
        is_there.then(|| self.doors.key.sign(mount, name, life, now))
    }

    async fn sign<B>(&self, parts: &Parts, body: B) -> Response<Body>
    where
        B: HttpBody<Data = Bytes>,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        if parts.method != Method::POST {
            return Refusal::not_allowed("POST, OPTIONS".to_owned()).response();
        }
        let signing = timeout(self.patience, sign::answer(self, body));
        signing.await.unwrap_or_else(|_| Refusal::STALLED.response())
    }

    /// The mount of a file that is not hidden in it.
    fn find<'a>(&'a self, mount: &str, name: &'a str) -> Option<(&'a Opened, &'a str)> {
        let opened = self.mounts.get(mount)?;
        (opened.mount.dotfiles || !is_hidden(name)).then_some((opened, name))
    }

    async fn serve<B>(
        &self,
        opened: &Opened,
        name: &str,
        parts: &Parts,
        body: B,
    ) -> Result<Response<Body>, Refusal>
    where
        B: HttpBody<Data = Bytes>,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let mount = &opened.mount;
        let is_there = mount.has(name);
        match parts.method {
            Method::GET | Method::HEAD if mount.read => {
                let reading = self.hand_out(opened, name, parts);
                if is_there { reading.await } else { Err(Refusal::ABSENT) }
            }
            Method::PUT | Method::POST if mount.write => {
                let writing = upload::put(opened, name, parts, body, self.patience);
                if is_there { writing.await } else { Err(Refusal::OTHER_KIND) }
            }
            Method::DELETE if mount.delete => {
                let deleting = upload::delete(opened, name, parts);
                if is_there { deleting.await } else { Err(Refusal::ABSENT) }
            }
            _ => Err(Refusal::not_allowed(mount.methods())),
        }
    }

    async fn hand_out(
        &self,
        opened: &Opened,
        name: &str,
        parts: &Parts,
    ) -> Result<Response<Body>, Refusal> {
        let (wanted, codings) = (name.to_owned(), accepted(&parts.headers));
        let finding = opened.root.with(move |dir| Content::find(dir, &wanted, &codings));
        let found = timeout(self.patience, finding).await.map_err(io::Error::other)??;
        let mut response = found.ok_or(Refusal::ABSENT)?.answer(name, parts);
        let headers = response.headers_mut();
        // Kept for this user, and asked for again before it is shown again: `304`.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
        // A signed link is a right; pages that the file links to must not see it as their referrer.
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        if !opened.mount.inline && !is_passive(name) {
            headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
        }
        Ok(response)
    }
}
