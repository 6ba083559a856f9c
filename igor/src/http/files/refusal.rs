//! Why a file was not handed out, written or deleted, in words for whoever asked.

use std::borrow::Cow;
use std::io;

use hyper::header::{ALLOW, HeaderValue};
use hyper::{Response, StatusCode};
use tracing::warn;

use crate::error::{Code, Error};
use crate::http::body::Body;
use crate::http::root::is_absence;
use crate::http::said;

/// A status, and what is said with it.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    text: Cow<'static, str>,
    /// The methods that there are, where it was another.
    allowed: Option<String>,
}

impl Refusal {
    /// There is no such file, or the client may not know that there is.
    pub(super) const ABSENT: Refusal = Refusal::new(StatusCode::NOT_FOUND, "there is no such file");
    /// A condition of the request does not hold.
    pub(super) const OTHER_STATE: Refusal =
        Refusal::new(StatusCode::PRECONDITION_FAILED, "the file is in another state");
    /// The body did not come to its end.
    pub(super) const CUT_OFF: Refusal =
        Refusal::new(StatusCode::BAD_REQUEST, "the file was cut off; nothing was changed");
    /// The body did not go on.
    pub(super) const STALLED: Refusal =
        Refusal::new(StatusCode::REQUEST_TIMEOUT, "nothing more came; nothing was changed");
    /// The body is not the file itself.
    pub(super) const IN_PARTS: Refusal = Refusal::new(
        StatusCode::BAD_REQUEST,
        "send the file itself, without `Content-Range` or `Content-Encoding`",
    );
    /// The name ends in something that the mount does not have.
    pub(super) const OTHER_KIND: Refusal =
        Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "files of this ending are not taken here");
    /// The link was not made by this server, for this file, or is too old.
    pub(super) const OLD_LINK: Refusal =
        Refusal::new(StatusCode::FORBIDDEN, "the link has expired or was changed");
    /// A page that the server does not know shows the file.
    pub(super) const FOREIGN: Refusal =
        Refusal::new(StatusCode::FORBIDDEN, "the file is not for this page");
    /// Something failed that the log tells.
    pub(super) const BROKEN: Refusal =
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "the file could not be had");

    const fn new(status: StatusCode, text: &'static str) -> Self {
        Refusal { status, text: Cow::Borrowed(text), allowed: None }
    }

    /// The file is larger than files may be.
    pub(super) fn too_large(most: u64) -> Self {
        let text = format!("a file here has at most {most} bytes").into();
        Refusal { text, ..Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "") }
    }

    /// The program does not know who asks, or does not let them.
    pub(super) fn unknown(error: &Error) -> Self {
        let status = match error.code() {
            Code::Unauthorized => StatusCode::UNAUTHORIZED,
            Code::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
            Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::FORBIDDEN,
        };
        let text = error.message().to_owned().into();
        Refusal { text, ..Refusal::new(status, "") }
    }

    /// The mount answers these methods only.
    pub(super) fn not_allowed(allowed: String) -> Self {
        let refusal = Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "this is not done here");
        Refusal { allowed: Some(allowed), ..refusal }
    }

    pub(super) fn response(self) -> Response<Body> {
        let mut response = said(self.status, self.text);
        if let Some(Ok(allowed)) = self.allowed.map(HeaderValue::try_from) {
            response.headers_mut().insert(ALLOW, allowed);
        }
        response
    }
}

impl From<io::Error> for Refusal {
    fn from(cause: io::Error) -> Self {
        match cause.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                warn!(%cause, "no room for a file");
                Refusal::new(StatusCode::INSUFFICIENT_STORAGE, "there is no room for the file")
            }
            io::ErrorKind::FileTooLarge => {
                Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "the file is too large for its disk")
            }
            io::ErrorKind::IsADirectory
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::AlreadyExists
            | io::ErrorKind::DirectoryNotEmpty => {
                Refusal::new(StatusCode::CONFLICT, "a directory or a file is in the way")
            }
            _ if is_absence(&cause) => Refusal::ABSENT,
            _ => {
                warn!(%cause, "a file could not be read or written");
                Refusal::BROKEN
            }
        }
    }
}
