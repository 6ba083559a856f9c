//! What a page of another origin sees: answers to the allowed ones, and what it may ask for.

use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, HeaderValue, VARY,
};
use hyper::{Response, StatusCode};

use crate::http::body::{Body, empty};

/// What a page may read of an answer beside what every page may.
const EXPOSED: &str = "accept-ranges, content-range, etag";

/// Shows an answer to the page that asked, if the gate knows its origin.
pub(super) fn show(response: &mut Response<Body>, origin: Option<&HeaderValue>) {
    let headers = response.headers_mut();
    headers.append(VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    }
}

/// Answers the question of a browser what a page may ask for.
pub(super) fn preflight(methods: &'static str, headers: &'static str) -> Response<Body> {
    let mut response = Response::new(empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let said = response.headers_mut();
    said.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(methods));
    said.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(headers));
    said.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    response
}
