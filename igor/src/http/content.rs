//! A content: bytes that can be asked for whole, in part, or only if they changed.

mod coding;
mod condition;
mod kind;
mod range;
mod tag;

use std::io::{self, Seek as _, SeekFrom};
use std::time::SystemTime;

use bytes::Bytes;
use cap_std::fs::{Dir, File, Metadata};
use httpdate::fmt_http_date;
use hyper::header::{
    ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap,
    HeaderValue, LAST_MODIFIED, RANGE,
};
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode};

pub(super) use coding::{Coding, accepted};
pub(crate) use condition::{Validators, Verdict, may_change};
pub(super) use kind::{is_passive, of_name};
pub(crate) use range::Range;
pub(crate) use tag::Tag;

use crate::http::body::{self, Body};
use crate::http::{plain, root};

/// What is there under a name.
#[derive(Debug)]
pub(super) struct Content {
    validators: Validators,
    length: u64,
    coding: Option<Coding>,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Memory(Bytes),
    File(File),
}

impl Content {
    /// What is in memory, and never changes.
    pub(super) fn of_bytes(bytes: Bytes, tag: Tag) -> Self {
        let validators = Validators::new(tag, None);
        let length = bytes.len() as u64;
        Content { validators, length, coding: None, source: Source::Memory(bytes) }
    }

    /// A file below a root, or the best of the forms beside it. One that is older than the file
    /// itself is the form of something else.
    ///
    /// # Errors
    ///
    /// Those of the system; that there is no such file is `None`.
    pub(super) fn find(dir: &Dir, name: &str, codings: &[Coding]) -> io::Result<Option<Self>> {
        let Some((file, metadata)) = root::open_file(dir, name)? else { return Ok(None) };
        let modified = metadata.modified()?.into_std();
        for coding in codings {
            let beside = root::open_file(dir, &coding.name_beside(name))?;
            let Some((file, metadata)) = beside else { continue };
            if metadata.modified()?.into_std() >= modified {
                return Content::of_file(file, &metadata, Some(*coding)).map(Some);
            }
        }
        Content::of_file(file, &metadata, None).map(Some)
    }

    fn of_file(file: File, metadata: &Metadata, coding: Option<Coding>) -> io::Result<Self> {
        let validators = validators(metadata)?;
        Ok(Content { validators, length: metadata.len(), coding, source: Source::File(file) })
    }

    /// The same, in a compressed form.
    pub(super) fn coded(self, coding: Coding) -> Self {
        Content { coding: Some(coding), ..self }
    }

    /// Answers a `GET` or a `HEAD` as its conditions and its range say.
    pub(super) fn answer(self, name: &str, parts: &Parts) -> Response<Body> {
        let verdict = self.validators.read_by(&parts.headers);
        if verdict == Verdict::Failed {
            return plain(StatusCode::PRECONDITION_FAILED);
        }
        let mut response = Response::new(body::empty());
        describe(response.headers_mut(), &self.validators);
        if verdict == Verdict::NotModified {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        let length = self.length;
        let (start, part) = match self.asked(parts) {
            Range::Whole => (0, length),
            Range::Part { start, length: part } => {
                let range = format!("bytes {start}-{}/{length}", start + part - 1);
                insert(response.headers_mut(), CONTENT_RANGE, range);
                *response.status_mut() = StatusCode::PARTIAL_CONTENT;
                (start, part)
            }
            Range::Nothing => return unsatisfiable(length),
        };
        let headers = response.headers_mut();
        headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        headers.insert(CONTENT_TYPE, of_name(name));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(part));
        if let Some(coding) = self.coding {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.name));
        }
        if parts.method == Method::GET {
            match self.source.body(start, part) {
                Ok(body) => *response.body_mut() = body,
                Err(_) => return plain(StatusCode::INTERNAL_SERVER_ERROR),
            }
        }
        response
    }

    /// The range that a request asks for; only a `GET` asks for one.
    fn asked(&self, parts: &Parts) -> Range {
        let mut ranges = parts.headers.get_all(RANGE).iter();
        let (Some(range), None, &Method::GET) = (ranges.next(), ranges.next(), &parts.method)
        else {
            return Range::Whole;
        };
        if !self.validators.is_in_range(&parts.headers) {
            return Range::Whole;
        }
        Range::parse(range.as_bytes(), self.length)
    }
}

impl Source {
    fn body(self, start: u64, length: u64) -> io::Result<Body> {
        match self {
            Source::Memory(bytes) => {
                let outside = |_| io::Error::from(io::ErrorKind::InvalidInput);
                let start = usize::try_from(start).map_err(outside)?;
                let length = usize::try_from(length).map_err(outside)?;
                Ok(body::full(bytes.slice(start..start + length)))
            }
            Source::File(mut file) => {
                // Moves a number; the disk is asked when the body is read.
                file.seek(SeekFrom::Start(start))?;
                Ok(body::file(file, length))
            }
        }
    }
}

impl Coding {
    /// The name of a file in this form.
    pub(super) fn name_beside(self, name: &str) -> String {
        format!("{name}{}", self.ending)
    }
}

/// What tells this state of a file from another.
pub(super) fn validators(metadata: &Metadata) -> io::Result<Validators> {
    let modified: SystemTime = metadata.modified()?.into_std();
    Ok(Validators::new(Tag::of_file(metadata, modified), Some(modified)))
}

/// Writes the validators of a state into the headers.
pub(super) fn describe(headers: &mut HeaderMap, validators: &Validators) {
    headers.insert(ETAG, validators.tag.header());
    if let Some(modified) = validators.modified() {
        insert(headers, LAST_MODIFIED, fmt_http_date(modified));
    }
}

fn unsatisfiable(length: u64) -> Response<Body> {
    let mut response = plain(StatusCode::RANGE_NOT_SATISFIABLE);
    insert(response.headers_mut(), CONTENT_RANGE, format!("bytes */{length}"));
    response
}

/// Sets a header to a text of ours, of which each is one.
fn insert(headers: &mut HeaderMap, name: hyper::header::HeaderName, text: String) {
    if let Ok(value) = HeaderValue::try_from(text) {
        headers.insert(name, value);
    }
}
