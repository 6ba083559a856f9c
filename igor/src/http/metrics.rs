//! `GET /igor/metrics`: what the server counts, for whoever shows the token.

use hyper::{Method, Response};

use crate::http::body::Body;
use crate::http::{not_allowed, unkept};
use crate::shared::Shared;

/// What Prometheus expects.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Answers a request that the gate admitted and that showed the token.
pub(super) fn answer(shared: &Shared, method: &Method) -> Response<Body> {
    match *method {
        Method::GET => unkept(TEXT, shared.stats().prometheus()),
        Method::HEAD => unkept(TEXT, ""),
        _ => not_allowed("GET, HEAD"),
    }
}
