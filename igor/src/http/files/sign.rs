//! `POST /igor/link`: a page exchanges the name of a file for a signed link to it.

use std::time::{Duration, SystemTime};

use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Body as HttpBody, Bytes};
use hyper::{Response, StatusCode};
use serde::{Deserialize, Serialize};

use crate::http::body::Body;
use crate::http::files::Files;
use crate::http::files::refusal::Refusal;
use crate::http::{JSON, said, unkept};

/// No body that names a file is longer.
const LONGEST_BODY: usize = 8 << 10;

/// No link is good for longer: a week.
const LONGEST_LIFE: u64 = 7 * 24 * 60 * 60;

#[derive(Deserialize)]
struct Asked {
    mount: String,
    name: String,
    seconds: u64,
}

#[derive(Serialize)]
struct Signed {
    link: String,
}

/// Answers somebody who may have every file.
pub(super) async fn answer<B>(files: &Files, body: B) -> Response<Body>
where
    B: HttpBody<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let Ok(body) = Limited::new(body, LONGEST_BODY).collect().await else {
        return said(StatusCode::BAD_REQUEST, "the body was cut off or is too long for a name");
    };
    let Ok(asked) = serde_json::from_slice::<Asked>(&body.to_bytes()) else {
        return said(
            StatusCode::BAD_REQUEST,
            r#"send the file as `{"mount":"…","name":"…","seconds":3600}`"#,
        );
    };
    if !(1..=LONGEST_LIFE).contains(&asked.seconds) {
        return said(StatusCode::BAD_REQUEST, "a link is good for 1 second to 7 days");
    }
    let life = Duration::from_secs(asked.seconds);
    match files.link(&asked.mount, &asked.name, life, SystemTime::now()) {
        Some(link) => hand_out(&Signed { link }),
        None => Refusal::ABSENT.response(),
    }
}

fn hand_out(signed: &Signed) -> Response<Body> {
    let Ok(json) = serde_json::to_vec(signed) else { return Refusal::BROKEN.response() };
    unkept(JSON, json)
}
