//! What a client shows when it connects.

use std::fmt;
use std::net::IpAddr;

use hyper::HeaderMap;
use hyper::header::COOKIE;

/// What a client shows when it connects: what [`Server::authorize`](crate::Server::authorize)
/// decides by. The gate has checked host and origin before.
#[derive(Clone)]
pub struct Handshake {
    headers: HeaderMap,
    address: IpAddr,
    token: Option<String>,
    name: Option<String>,
}

impl Handshake {
    pub(crate) fn new(headers: HeaderMap, address: IpAddr, token: Option<String>) -> Self {
        Handshake { headers, address, token, name: None }
    }

    /// The name that the client wants to have comes with its first frame.
    pub(crate) fn by_name(mut self, name: Option<&str>) -> Self {
        self.name = name.map(str::to_owned);
        self
    }

    /// The token that the client was made with, `connect({ token })`, or the one behind
    /// `Authorization: Bearer`.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The value of a cookie that the browser keeps for the server's host, as it was sent. It can
    /// be relied on: a page of another origin, which could send it too, is refused at the gate.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let lines = self.headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut cookies =
            lines.flat_map(|line| line.split(';')).filter_map(|one| one.split_once('='));
        cookies.find(|(other, _)| other.trim() == name).map(|(_, value)| value.trim())
    }

    /// The value of a header, by its name in any case; `None` where it is missing, there more than
    /// once, or no text.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let first = values.next()?.to_str().ok()?;
        values.next().is_none().then_some(first)
    }

    /// The name that the client asks for, `connect({ name })`. It gets the name until its session
    /// ends, if nobody else has it. For a classic client, which gives its name later, the function
    /// of `authorize` is called again then.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The address that it connects from: the one that a proxy of
    /// [`Config::proxies`](crate::Config::proxies) says, or else that of the socket.
    pub fn address(&self) -> IpAddr {
        self.address
    }
}

// Headers are where secrets stand.
impl fmt::Debug for Handshake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Handshake { address, name, .. } = self;
        f.debug_struct("Handshake")
            .field("address", address)
            .field("name", name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use hyper::header::{HeaderName, HeaderValue};

    use super::*;

    fn handshake(headers: &[(&'static str, &'static str)]) -> Handshake {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        Handshake::new(map, Ipv4Addr::LOCALHOST.into(), Some("a-secret".into()))
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let shown = handshake(&[("cookie", "a=1; sid=x=y ;b"), ("cookie", "c=3")]);
        assert_eq!(shown.cookie("sid"), Some("x=y"));
        assert_eq!((shown.cookie("a"), shown.cookie("c")), (Some("1"), Some("3")));
        assert_eq!((shown.cookie("b"), shown.cookie("id")), (None, None));
    }

    #[test]
    fn a_header_that_is_there_twice_is_none() {
        let shown = handshake(&[("x-user", "ann"), ("x-role", "admin"), ("x-role", "guest")]);
        assert_eq!((shown.header("X-User"), shown.header("x-role")), (Some("ann"), None));
        assert_eq!(shown.header("not a name"), None);
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = handshake(&[("authorization", "Bearer a-secret"), ("cookie", "sid=a-secret")]);
        assert!(!format!("{shown:?}").contains("secret"));
    }
}
