//! Uploads: a body becomes a file, whole or not at all.

use std::io;
use std::mem::take;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use http_body_util::BodyExt as _;
use hyper::body::{Body as HttpBody, Bytes};
use hyper::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, HeaderMap};
use hyper::http::request::Parts;
use hyper::{Response, StatusCode};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::http::body::{Body, empty};
use crate::http::content::{describe, may_change};
use crate::http::files::draft::{self, Draft, Placed};
use crate::http::files::mount::Opened;
use crate::http::files::refusal::Refusal;

/// The bytes that are written at once.
const WRITE_BYTES: usize = 256 << 10;

/// Answers a `PUT` or a `POST`, which are the same: the body takes the place of the file. The other
/// end may take as long as it wants, but not this long for nothing.
pub(super) async fn put<B>(
    opened: &Opened,
    name: &str,
    parts: &Parts,
    body: B,
    patience: Duration,
) -> Result<Response<Body>, Refusal>
where
    B: HttpBody<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let most = opened.mount.max_bytes;
    check_announced(&parts.headers, most)?;
    let mut draft = Some(begin(opened, name, &parts.headers).await?);
    let filled = fill(&mut draft, body, most, patience).await;
    let headers = parts.headers.clone();
    let changes = Arc::clone(&opened.changes);
    let placed = blocking(move || match (filled, draft) {
        (Ok(()), Some(draft)) => {
            let placed = draft.place(&changes, |current| may_change(&headers, current))?;
            placed.ok_or(Refusal::OTHER_STATE)
        }
        // Removed here, where removing may block.
        (Ok(()), None) => Err(Refusal::BROKEN),
        (Err(refusal), draft) => {
            drop(draft);
            Err(refusal)
        }
    });
    Ok(told(&placed.await?))
}

/// Answers a `DELETE`.
pub(super) async fn delete(
    opened: &Opened,
    name: &str,
    parts: &Parts,
) -> Result<Response<Body>, Refusal> {
    let (root, name, headers) = (opened.root.clone(), name.to_owned(), parts.headers.clone());
    let changes = Arc::clone(&opened.changes);
    let deleted = blocking(move || {
        let (directory, name) = draft::directory_of(root.dir(), &name)?;
        {
            let _alone = changes.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            let current = draft::current(&directory, &name)?.ok_or(Refusal::ABSENT)?;
            if !may_change(&headers, Some(&current)) {
                return Err(Refusal::OTHER_STATE);
            }
            directory.remove_file(&name)?;
        }
        draft::keep_names(&directory);
        Ok(())
    });
    deleted.await?;
    let mut response = Response::new(empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    Ok(response)
}

/// Refuses what its headers say already.
fn check_announced(headers: &HeaderMap, most: u64) -> Result<(), Refusal> {
    // Each would be a part or another form of the file, taken for the file.
    if headers.contains_key(CONTENT_RANGE) || headers.contains_key(CONTENT_ENCODING) {
        return Err(Refusal::IN_PARTS);
    }
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    match length.and_then(|length| length.parse::<u64>().ok()) {
        Some(length) if length > most => Err(Refusal::too_large(most)),
        _ => Ok(()),
    }
}

/// Begins a draft, unless its conditions fail now; they are looked at again at the end.
async fn begin(opened: &Opened, name: &str, headers: &HeaderMap) -> Result<Draft, Refusal> {
    let (root, name, headers) = (opened.root.clone(), name.to_owned(), headers.clone());
    let begun = blocking(move || {
        let draft = Draft::begin(root.dir(), &name)?;
        match draft.current()? {
            current if may_change(&headers, current.as_ref()) => Ok(draft),
            _ => Err(Refusal::OTHER_STATE),
        }
    });
    begun.await
}

/// Writes the body into a draft. It is gone from its place only if writing failed.
async fn fill<B>(
    draft: &mut Option<Draft>,
    body: B,
    most: u64,
    patience: Duration,
) -> Result<(), Refusal>
where
    B: HttpBody<Data = Bytes>,
{
    let mut body = pin!(body);
    let mut gathered = BytesMut::new();
    let mut length = 0;
    loop {
        let frame = timeout(patience, body.frame()).await.map_err(|_| Refusal::STALLED)?;
        let Some(frame) = frame.transpose().map_err(|_| Refusal::CUT_OFF)? else { break };
        let Ok(bytes) = frame.into_data() else { continue };
        length += bytes.len() as u64;
        if length > most {
            return Err(Refusal::too_large(most));
        }
        gathered.extend_from_slice(&bytes);
        if gathered.len() >= WRITE_BYTES {
            write(draft, take(&mut gathered)).await?;
        }
    }
    write(draft, gathered).await
}

async fn write(draft: &mut Option<Draft>, bytes: BytesMut) -> Result<(), Refusal> {
    let mut writing = draft.take().ok_or(Refusal::BROKEN)?;
    let written = blocking(move || {
        writing.write(&bytes)?;
        Ok(writing)
    });
    *draft = Some(written.await?);
    Ok(())
}

/// The response for a file that is in its place.
fn told(placed: &Placed) -> Response<Body> {
    let mut response = Response::new(empty());
    let status = if placed.is_new { StatusCode::CREATED } else { StatusCode::NO_CONTENT };
    *response.status_mut() = status;
    describe(response.headers_mut(), &placed.validators);
    response
}

/// Runs something on a thread where it may block.
async fn blocking<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    spawn_blocking(act).await.map_err(io::Error::other)?
}
