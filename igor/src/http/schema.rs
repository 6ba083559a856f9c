//! `GET /igor/schema.json`: the schema, for whoever shows the token.

use std::sync::OnceLock;

use hyper::body::Bytes;
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use hyper::{Method, Response, StatusCode};
use tracing::error;

use crate::emit;
use crate::http::body::{Body, empty, full};
use crate::http::plain;
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
            let mut response = plain(StatusCode::METHOD_NOT_ALLOWED);
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return response;
        }
        let Some(text) = self.written.get_or_init(|| write(&self.registry)) else {
            return plain(StatusCode::INTERNAL_SERVER_ERROR);
        };
        let is_head = *method == Method::HEAD;
        let mut response = Response::new(if is_head { empty() } else { full(text.clone()) });
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

fn write(registry: &Registry) -> Option<Bytes> {
    emit::schema_of(registry)
        .inspect_err(|error| error!(%error, "could not write the schema"))
        .map(Bytes::from)
        .ok()
}
