//! The page: the program's own files, public to whoever passes the gate.

mod directory;
mod path;
mod tag;

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use bytes::Bytes;
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderMap,
    HeaderValue, X_CONTENT_TYPE_OPTIONS,
};
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode};
use mime_guess::mime;
use tracing::warn;

use crate::error::{Code, Error};
use crate::http::body::{Body, empty, full};
use crate::http::page::directory::Directory;
use crate::http::plain;

/// Keeps others from showing the page in a frame, where its buttons could be pressed unseen.
const OWN_FRAMES_ONLY: &str = "frame-ancestors 'self'";

/// The page that a server hands out at `/`, with everything that belongs to it.
///
/// It is public: a page has to be there before it can show a token. `index.html` is what `/` and
/// every directory show; files whose names begin with a dot are not there.
#[derive(Clone, Debug)]
pub struct Page {
    source: Source,
    policy: String,
}

#[derive(Clone, Debug)]
enum Source {
    Directory(PathBuf),
    Files(Vec<(String, &'static [u8])>),
}

impl Page {
    /// The files under a directory, as they are when they are asked for; never one outside of it,
    /// whatever links say.
    pub fn directory(path: impl Into<PathBuf>) -> Self {
        Page::of(Source::Directory(path.into()))
    }

    /// Files that are part of the program, so that it is whole by itself.
    ///
    /// ```
    /// let page = igor::Page::files([
    ///     ("index.html", b"<!doctype html>Hello"), // or `include_bytes!("../ui/index.html")`
    ///     ("js/app.js", b"export {};"),
    /// ]);
    /// ```
    pub fn files<const COUNT: usize>(files: [(&str, &'static [u8]); COUNT]) -> Self {
        let files = files.into_iter().map(|(name, bytes)| (name.to_owned(), bytes));
        Page::of(Source::Files(files.collect()))
    }

    /// Says this as `Content-Security-Policy`, in place of `frame-ancestors 'self'`.
    #[must_use]
    pub fn content_security_policy(mut self, policy: impl Into<String>) -> Self {
        self.policy = policy.into();
        self
    }

    fn of(source: Source) -> Self {
        Page { source, policy: OWN_FRAMES_ONLY.to_owned() }
    }
}

/// A page whose files are at hand.
#[derive(Debug)]
pub(crate) struct Shelf {
    files: Files,
    policy: HeaderValue,
}

#[derive(Debug)]
enum Files {
    Directory(Directory),
    Memory(BTreeMap<String, Kept>),
}

/// A file in memory.
#[derive(Clone, Debug)]
struct Kept {
    bytes: Bytes,
    tag: HeaderValue,
}

/// A file that was asked for.
struct Found {
    tag: HeaderValue,
    length: u64,
    body: Body,
}

impl Shelf {
    /// Makes ready to hand out a page.
    ///
    /// # Errors
    ///
    /// `internal` when its directory cannot be opened, or when a file could never be asked for.
    pub(crate) fn open(page: Page) -> Result<Self, Error> {
        let files = match page.source {
            Source::Directory(path) => Files::Directory(Directory::open(&path)?),
            Source::Files(files) => Files::Memory(in_memory(files)?),
        };
        let policy = HeaderValue::try_from(page.policy).map_err(|_| {
            Error::new(Code::Internal, "the page's content security policy is not a header")
        })?;
        Ok(Shelf { files, policy })
    }

    /// Answers a request that the gate admitted.
    pub(super) async fn answer(&self, parts: &Parts) -> Response<Body> {
        if !matches!(parts.method, Method::GET | Method::HEAD) {
            let mut response = plain(StatusCode::METHOD_NOT_ALLOWED);
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return response;
        }
        let Some(name) = path::file_name(parts.uri.path()) else {
            return plain(StatusCode::NOT_FOUND);
        };
        match self.find(&name).await {
            Ok(Some(found)) => self.hand_out(&name, found, parts),
            Ok(None) => plain(StatusCode::NOT_FOUND),
            Err(cause) => {
                warn!(file = name, %cause, "a file of the page could not be read");
                plain(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }

    async fn find(&self, name: &str) -> io::Result<Option<Found>> {
        match &self.files {
            Files::Directory(directory) => directory.find(name).await,
            Files::Memory(files) => Ok(files.get(name).map(|kept| Found {
                tag: kept.tag.clone(),
                length: kept.bytes.len() as u64,
                body: full(kept.bytes.clone()),
            })),
        }
    }

    fn hand_out(&self, name: &str, found: Found, parts: &Parts) -> Response<Body> {
        let is_known = tag::is_known(&parts.headers, &found.tag);
        let mut response = Response::new(empty());
        let headers = response.headers_mut();
        headers.insert(ETAG, found.tag);
        // The page may be another after every start of the program: ask, and be told `304`.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(CONTENT_SECURITY_POLICY, self.policy.clone());
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if is_known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        describe(headers, name, found.length);
        if parts.method == Method::GET {
            *response.body_mut() = found.body;
        }
        response
    }
}

fn describe(headers: &mut HeaderMap, name: &str, length: u64) {
    let kind = mime_guess::from_path(name).first_or_octet_stream();
    let is_text = kind.type_() == mime::TEXT
        || matches!(kind.subtype().as_str(), "javascript" | "json" | "manifest+json");
    let kind = if is_text { format!("{kind}; charset=utf-8") } else { kind.to_string() };
    if let Ok(kind) = HeaderValue::try_from(kind) {
        headers.insert(CONTENT_TYPE, kind);
    }
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
}

fn in_memory(files: Vec<(String, &'static [u8])>) -> Result<BTreeMap<String, Kept>, Error> {
    let mut shelf = BTreeMap::new();
    for (name, bytes) in files {
        let mistake = if path::file_name(&format!("/{name}")).as_deref() != Some(name.as_str()) {
            Some("cannot be asked for: write `js/app.js`, without a slash or a dot in front")
        } else if shelf.contains_key(&name) {
            Some("is there twice")
        } else {
            None
        };
        if let Some(mistake) = mistake {
            let text = format!("the file `{name}` of the page {mistake}");
            return Err(Error::new(Code::Internal, text));
        }
        let tag = tag::of_bytes(bytes);
        shelf.insert(name, Kept { bytes: Bytes::from_static(bytes), tag });
    }
    Ok(shelf)
}
