//! Counts what the gate refused, and logs it without secrets.

use std::sync::atomic::{AtomicU64, Ordering};

use hyper::header::{HOST, ORIGIN};
use hyper::http::request::Parts;
use tracing::{debug, warn};

use crate::http::gate::Refused;

/// How often each thing was refused.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    hosts: AtomicU64,
    origins: AtomicU64,
    tokens: AtomicU64,
}

impl Refusals {
    /// Counts a refusal. A hostile page can cause any number of them, so the log is warned of the
    /// first, the second, the fourth and so on, and the rest is for who asks for everything.
    pub(in crate::http) fn count(&self, refused: Refused, parts: &Parts) {
        let counter = match refused {
            Refused::Host => &self.hosts,
            Refused::Origin => &self.origins,
            Refused::Token | Refused::TokenOfWebSocket => &self.tokens,
        };
        let count = counter.fetch_add(1, Ordering::Relaxed) + 1;
        let header = |name| parts.headers.get(name);
        let (why, host, origin) = (why(refused), header(HOST), header(ORIGIN));
        if count.is_power_of_two() {
            warn!(why, count, ?host, ?origin, "refused at the gate");
        } else {
            debug!(why, count, ?host, ?origin, "refused at the gate");
        }
    }
}

/// What was wrong, and what to do about it where nobody means harm.
fn why(refused: Refused) -> &'static str {
    match refused {
        Refused::Host => "not a host of this server; one of yours belongs in `allowed_hosts`",
        Refused::Origin => "not an origin of its pages; one of yours belongs in `allowed_origins`",
        Refused::Token | Refused::TokenOfWebSocket => {
            "no token, or a wrong one; a page is opened by the link that the program prints"
        }
    }
}
