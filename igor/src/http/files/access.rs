//! Who may have a file: whoever shows the token, or is known to the program, or has a link that was
//! signed for it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::SystemTime;

use hyper::Method;
use hyper::header::{AUTHORIZATION, HeaderName, ORIGIN};
use hyper::http::request::Parts;

use crate::http::files::link::Key;
use crate::http::files::refusal::Refusal;
use crate::http::gate::{Gate, Refused, bearer};
use crate::identity::{Authorizer, Handshake};

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

/// What is asked before a file is.
#[derive(Debug)]
pub(super) struct Doors {
    pub(super) key: Key,
    /// Finds out who asks, in place of the token, where the program says so.
    pub(super) authorizer: Option<Arc<Authorizer>>,
}

impl Doors {
    /// Whether an admitted request from this address may have what it asks for; `file` is the
    /// mount's name and the file's, where the path has one.
    pub(super) async fn admit(
        &self,
        gate: &Gate,
        parts: &Parts,
        file: Option<(&str, &str)>,
        client: IpAddr,
    ) -> Result<(), Denied> {
        let is_read = matches!(parts.method, Method::GET | Method::HEAD);
        if let (true, Some((mount, name)), Some(query)) = (is_read, file, parts.uri.query()) {
            match self.key.verify(query, mount, name, SystemTime::now()) {
                Some(true) => return Ok(()),
                Some(false) => return Err(Denied::Said(Refusal::OLD_LINK)),
                None => {}
            }
        }
        gate.admit_files(parts).map_err(Denied::AtTheGate)?;
        if gate.token().is_none() && is_foreign(parts) {
            return Err(Denied::Said(Refusal::FOREIGN));
        }
        let Some(authorizer) = &self.authorizer else { return Ok(()) };
        let token = parts.headers.get(AUTHORIZATION).and_then(bearer).map(str::to_owned);
        let handshake = Handshake::new(parts.headers.clone(), client, token);
        let known = authorizer.decide(handshake).await;
        known.map(drop).map_err(|error| Denied::Said(Refusal::unknown(&error)))
    }
}

/// Whether the request stands in a page of somebody else's: a picture there is asked for without an
/// `Origin`, so that where no token is needed the gate has nothing to refuse it by.
fn is_foreign(parts: &Parts) -> bool {
    let site = parts.headers.get(FETCH_SITE);
    !parts.headers.contains_key(ORIGIN)
        && site.is_some_and(|site| site != "same-origin" && site != "none")
}
