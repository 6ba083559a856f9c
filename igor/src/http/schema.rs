//! `GET /igor/schema.json`: the schema, for whoever shows the token.

use std::sync::OnceLock;

use hyper::body::Bytes;
use hyper::{Method, Response, StatusCode};
use tracing::error;

use crate::emit;
use crate::http::body::Body;
use crate::http::{JSON, not_allowed, plain, unkept};
use crate::registry::Registry;

/// The schema of a registry, written when it is first asked for.
#[derive(Debug)]
pub(crate) struct Schema {
    registry: Registry,
    written: OnceLock<Option<Bytes>>,
}

impl Schema {
    pub(crate) fn of(registry: Registry) -> Self {
        Schema { registry, written: OnceLock::new() }
    }

    /// Answers a request that the gate admitted and that showed the token.
    pub(super) fn answer(&self, method: &Method) -> Response<Body> {
        if !matches!(*method, Method::GET | Method::HEAD) {
            return not_allowed("GET, HEAD");
        }
        match self.written.get_or_init(|| write(&self.registry)) {
            Some(text) if *method == Method::GET => unkept(JSON, text.clone()),
            Some(_) => unkept(JSON, ""),
            None => plain(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }
}

fn write(registry: &Registry) -> Option<Bytes> {
    emit::schema_of(registry)
        .inspect_err(|error| error!(%error, "could not write the schema"))
        .map(Bytes::from)
        .ok()
}
