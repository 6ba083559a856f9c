//! `POST /igor/token`: a page exchanges the code of its link for the token.
//!
//! Only a page of ours or of an allowed origin is answered, and only it can read the answer.

use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Body as HttpBody, Bytes};
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode};
use serde::{Deserialize, Serialize};
use tracing::{debug, info};

use crate::http::body::Body;
use crate::http::code::Codes;
use crate::http::gate::Gate;
use crate::http::{JSON, Secret, cors, not_allowed, plain, said, unkept};

/// No body that is a code is longer.
const LONGEST_BODY: usize = 1 << 10;

#[derive(Deserialize)]
struct Shown {
    code: String,
}

#[derive(Serialize)]
struct Handed<'a> {
    token: &'a str,
}

/// Answers a request that the gate admitted.
pub(super) async fn answer<B>(gate: &Gate, codes: &Codes, parts: &Parts, body: B) -> Response<Body>
where
    B: HttpBody<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    // A server without a token has none to hand out.
    let Some(token) = gate.token() else { return plain(StatusCode::NOT_FOUND) };
    let Some(origin) = gate.origin(parts) else { return plain(StatusCode::FORBIDDEN) };
    let mut response = match parts.method {
        Method::OPTIONS => cors::preflight("POST", "content-type"),
        Method::POST => exchange(token, codes, parts, body).await,
        _ => not_allowed("POST, OPTIONS"),
    };
    cors::show(&mut response, Some(origin));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn exchange<B>(token: &Secret, codes: &Codes, parts: &Parts, body: B) -> Response<Body>
where
    B: HttpBody<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    // Only JSON needs a preflight, and so the browser's own check of the origin.
    if !is_json(parts) {
        return said(StatusCode::UNSUPPORTED_MEDIA_TYPE, "send the code as `application/json`");
    }
    let Ok(body) = Limited::new(body, LONGEST_BODY).collect().await else {
        return said(StatusCode::BAD_REQUEST, "the body was cut off or is too long for a code");
    };
    let Ok(shown) = serde_json::from_slice::<Shown>(&body.to_bytes()) else {
        return said(StatusCode::BAD_REQUEST, r#"send the code as `{"code":"…"}`"#);
    };
    if codes.take(&shown.code) {
        info!("a code was exchanged for the token");
        return hand_out(token);
    }
    debug!("a wrong code, or one that was used before");
    plain(StatusCode::FORBIDDEN)
}

fn hand_out(token: &Secret) -> Response<Body> {
    let Ok(json) = serde_json::to_vec(&Handed { token: token.reveal() }) else {
        return plain(StatusCode::INTERNAL_SERVER_ERROR);
    };
    unkept(JSON, json)
}

fn is_json(parts: &Parts) -> bool {
    let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).map(str::trim);
    kind.is_some_and(|kind| kind.eq_ignore_ascii_case(JSON))
}
