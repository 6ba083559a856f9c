//! The page: the program's own files, public to whoever passes the gate.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use hyper::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue, VARY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Response, StatusCode};
use tracing::warn;

use crate::error::Error;
use crate::http::body::Body;
use crate::http::content::{Coding, Content, Tag, accepted};
use crate::http::path::{file_name, is_hidden, is_name};
use crate::http::root::{Root, whole};
use crate::http::{not_allowed, plain};

/// What a directory shows.
const INDEX: &str = "index.html";

/// Keeps others from showing the page in a frame, where its buttons could be pressed unseen.
const OWN_FRAMES_ONLY: &str = "frame-ancestors 'self'";

/// The page that a server serves at `/`, with everything that belongs to it.
///
/// It is public: a page has to be loaded before it can show a token. `/` and every directory show
/// their `index.html`; files whose names begin with a dot are not served. A file that has a
/// compressed form beside it (`app.js.br`, `app.js.gz`) is sent in that form to browsers that
/// accept it.
#[derive(Clone, Debug)]
pub struct Page {
    source: Source,
    fallback: Option<String>,
    policy: String,
}

#[derive(Clone, Debug)]
enum Source {
    Directory(PathBuf),
    Files(Vec<(String, Bytes)>),
}

impl Page {
    /// The files under a directory, as they are at each request; never one outside of it, wherever
    /// links lead.
    pub fn directory(path: impl Into<PathBuf>) -> Self {
        Page::of(Source::Directory(path.into()))
    }

    /// Files that are part of the program, which then needs none beside it: each by its name, which
    /// has no slash in front. A list that is made otherwise, as by a crate that takes in the whole
    /// folder that a bundler has written, will do as well.
    ///
    /// ```
    /// let page = igor::Page::files([
    ///     // Or `include_bytes!("../ui/index.html").as_slice()`.
    ///     ("index.html", "<!doctype html>Hello".as_bytes()),
    ///     ("js/app.js", "export {};".as_bytes()),
    /// ]);
    /// ```
    pub fn files(
        files: impl IntoIterator<Item = (impl Into<String>, impl Into<Cow<'static, [u8]>>)>,
    ) -> Self {
        let files = files.into_iter().map(|(name, bytes)| match bytes.into() {
            Cow::Borrowed(bytes) => (name.into(), Bytes::from_static(bytes)),
            Cow::Owned(bytes) => (name.into(), bytes.into()),
        });
        Page::of(Source::Files(files.collect()))
    }

    /// Shows this file, as `index.html`, where a browser goes to a path that names no file: for a
    /// page whose router makes paths of its own, as `/rooms/lobby`. Scripts, pictures and whatever
    /// else the page asks for are not found as before.
    #[must_use]
    pub fn fallback(mut self, name: impl Into<String>) -> Self {
        self.fallback = Some(name.into());
        self
    }

    /// Sends this `Content-Security-Policy`, in place of `frame-ancestors 'self'`.
    #[must_use]
    pub fn content_security_policy(mut self, policy: impl Into<String>) -> Self {
        self.policy = policy.into();
        self
    }

    fn of(source: Source) -> Self {
        Page { source, fallback: None, policy: OWN_FRAMES_ONLY.to_owned() }
    }
}

/// A page whose files are at hand.
#[derive(Debug)]
pub(crate) struct Shelf {
    files: Files,
    /// What is shown in the place of a file that is not there.
    fallback: Option<String>,
    policy: HeaderValue,
}

#[derive(Debug)]
enum Files {
    Directory(Root),
    Memory(BTreeMap<String, Kept>),
}

/// Opens the directory of a page. That it has no index is said, and is no error: whatever builds the
/// page may be slower.
fn opened(path: &Path) -> Result<Root, Error> {
    let root = Root::open(path, "the page's")?;
    if !root.dir().is_file(INDEX) {
        warn!(directory = %whole(path).display(), "the page has no `{INDEX}`");
    }
    Ok(root)
}

/// A file in memory.
#[derive(Clone, Debug)]
struct Kept {
    bytes: Bytes,
    tag: Tag,
}

impl Shelf {
    /// Makes ready to hand out a page.
    ///
    /// # Errors
    ///
    /// `internal` when its directory cannot be opened, or when a file could never be asked for.
    pub(crate) fn open(page: Page) -> Result<Self, Error> {
        let files = match page.source {
            Source::Directory(path) => Files::Directory(opened(&path)?),
            Source::Files(files) => Files::Memory(in_memory(files)?),
        };
        if let (Files::Memory(files), Some(name)) = (&files, &page.fallback)
            && !files.contains_key(name)
        {
            let text = format!("the page falls back on `{name}`, which is none of its files");
            return Err(Error::mistake(text));
        }
        let policy = HeaderValue::try_from(page.policy)
            .map_err(|_| Error::mistake("the page's content security policy is not a header"))?;
        Ok(Shelf { files, fallback: page.fallback, policy })
    }

    /// Answers a request that the gate admitted.
    pub(super) async fn answer(&self, parts: &Parts) -> Response<Body> {
        if !matches!(parts.method, Method::GET | Method::HEAD) {
            return not_allowed("GET, HEAD");
        }
        let Some(name) = name_of(parts.uri.path()) else {
            return plain(StatusCode::NOT_FOUND);
        };
        let fallback = self.fallback.as_deref().filter(|_| is_visit(&parts.headers));
        for name in [Some(name.as_str()), fallback].into_iter().flatten() {
            match self.find(name, accepted(&parts.headers)).await {
                Ok(Some(found)) => return self.hand_out(name, found, parts),
                Ok(None) => {}
                Err(cause) => {
                    warn!(file = name, %cause, "a file of the page could not be read");
                    return plain(StatusCode::INTERNAL_SERVER_ERROR);
                }
            }
        }
        plain(StatusCode::NOT_FOUND)
    }

    async fn find(&self, name: &str, codings: Vec<Coding>) -> io::Result<Option<Content>> {
        match &self.files {
            Files::Directory(root) => {
                let name = name.to_owned();
                root.with(move |dir| Content::find(dir, &name, &codings)).await
            }
            Files::Memory(files) => Ok(files.get(name).map(|kept| {
                let mut forms = codings.into_iter().filter_map(|coding| {
                    let beside = files.get(&coding.name_beside(name))?;
                    Some(beside.content().coded(coding))
                });
                forms.next().unwrap_or_else(|| kept.content())
            })),
        }
    }

    fn hand_out(&self, name: &str, found: Content, parts: &Parts) -> Response<Body> {
        let mut response = found.answer(name, parts);
        let headers = response.headers_mut();
        // The page may be another after every start of the program: ask, and be told `304`.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        let varies =
            if self.fallback.is_some() { "accept, accept-encoding" } else { "accept-encoding" };
        headers.insert(VARY, HeaderValue::from_static(varies));
        headers.insert(CONTENT_SECURITY_POLICY, self.policy.clone());
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response
    }
}

impl Kept {
    fn content(&self) -> Content {
        Content::of_bytes(self.bytes.clone(), self.tag.clone())
    }
}

/// Whether a browser goes to a page, for which it wants HTML by name; of what belongs to a page it
/// takes anything.
fn is_visit(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).into_iter();
    accepted.filter_map(|accept| accept.to_str().ok()).any(|accept| accept.contains("text/html"))
}

/// The file of the page that a path asks for; nothing that is hidden is part of it.
fn name_of(path: &str) -> Option<String> {
    let path = path.strip_prefix('/')?;
    let is_directory = path.is_empty() || path.ends_with('/');
    let name = file_name(&format!("{path}{}", if is_directory { INDEX } else { "" }))?;
    (!is_hidden(&name)).then_some(name)
}

fn in_memory(files: Vec<(String, Bytes)>) -> Result<BTreeMap<String, Kept>, Error> {
    let mut shelf = BTreeMap::new();
    for (name, bytes) in files {
        let mistake = if !is_name(&name) || is_hidden(&name) {
            Some("cannot be asked for: write `js/app.js`, without a slash or a dot in front")
        } else if shelf.contains_key(&name) {
            Some("is there twice")
        } else {
            None
        };
        if let Some(mistake) = mistake {
            let text = format!("the file `{name}` of the page {mistake}");
            return Err(Error::mistake(text));
        }
        let tag = Tag::of_bytes(&bytes);
        shelf.insert(name, Kept { bytes, tag });
    }
    Ok(shelf)
}
