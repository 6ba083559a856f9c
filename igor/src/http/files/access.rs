//! Who may have a file: whoever shows the token, or a link that was signed for it.

use std::time::SystemTime;

use hyper::Method;
use hyper::header::{HeaderName, ORIGIN};
use hyper::http::request::Parts;

use crate::http::files::link::Key;
use crate::http::files::refusal::Refusal;
use crate::http::gate::{Gate, Refused};

/// By what browsers tell from where a request comes that has no `Origin`.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Why somebody may not have a file.
#[derive(Debug)]
pub(super) enum Denied {
    /// It is refused as at the gate.
    AtTheGate(Refused),
    /// It is refused with a reason.
    Said(Refusal),
}

/// Whether an admitted request may have what it asks for; `file` is the mount's name and the
/// file's, where the path has one.
pub(super) fn check(
    gate: &Gate,
    key: &Key,
    parts: &Parts,
    file: Option<(&str, &str)>,
) -> Result<(), Denied> {
    let is_read = matches!(parts.method, Method::GET | Method::HEAD);
    if let (true, Some((mount, name)), Some(query)) = (is_read, file, parts.uri.query()) {
        match key.verify(query, mount, name, SystemTime::now()) {
            Some(true) => return Ok(()),
            Some(false) => return Err(Denied::Said(Refusal::OLD_LINK)),
            None => {}
        }
    }
    match gate.admit_files(parts) {
        Ok(()) if gate.token().is_none() && is_foreign(parts) => {
            Err(Denied::Said(Refusal::FOREIGN))
        }
        admitted => admitted.map_err(Denied::AtTheGate),
    }
}

/// Whether the request stands in a page of somebody else's: a picture there is asked for without an
/// `Origin`, so that where no token is needed the gate has nothing to refuse it by.
fn is_foreign(parts: &Parts) -> bool {
    let site = parts.headers.get(FETCH_SITE);
    !parts.headers.contains_key(ORIGIN)
        && site.is_some_and(|site| site != "same-origin" && site != "none")
}
