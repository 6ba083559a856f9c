//! The hello: the first frame of a client on each of its sockets.

use serde::Serialize;

use crate::wire::link::Standing;

/// What a client says first on each of its sockets.
#[derive(Debug, Serialize)]
pub(super) struct HelloData<'a> {
    pub(super) session: &'a str,
    pub(super) key: &'a str,
    pub(super) page: &'a str,
    pub(super) attempt: u64,
    pub(super) contract: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'a str>,
    pub(super) ring: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resume: Option<ResumeData<'a>>,
}

/// Where a client stands that was welcomed before, or may have been.
#[derive(Debug, Serialize)]
pub(super) struct ResumeData<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    epoch: Option<&'a str>,
    received: u64,
    have: u64,
}

impl<'a> ResumeData<'a> {
    pub(super) fn new(epoch: Option<&'a str>, standing: Standing) -> Self {
        ResumeData { epoch, received: standing.received, have: standing.have }
    }
}

/// The whole frame of a hello.
pub(super) fn hello(data: &HelloData<'_>) -> String {
    #[derive(Serialize)]
    struct Frame<'a> {
        action: &'static str,
        data: &'a HelloData<'a>,
    }
    // Texts and numbers: writing them to memory cannot fail.
    serde_json::to_string(&Frame { action: "igor.hello", data }).unwrap_or_default()
}
