//! The proxies that are believed when they say from where a client connects.

use std::net::IpAddr;

use hyper::HeaderMap;

/// What proxies write down. It is the one that all of them write; a second header that only some
/// overwrite could be the client's own.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Proxies by their addresses.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proxies(Vec<IpAddr>);

impl Proxies {
    /// The proxies at these addresses.
    pub(crate) fn new(addresses: &[IpAddr]) -> Self {
        Proxies(addresses.iter().map(IpAddr::to_canonical).collect())
    }

    /// From where the client connects whose request came over a socket of this address.
    ///
    /// Each proxy writes behind what is there already from whom it has the request, so that the
    /// list is believed from its end for as long as who wrote it is a proxy that is known.
    pub(crate) fn client(&self, socket: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = socket.to_canonical();
        if !self.0.contains(&client) {
            return client;
        }
        let lines = headers.get_all(FORWARDED_FOR).iter().map(|line| line.to_str().unwrap_or(""));
        let written: Vec<_> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
        for address in written.iter().rev() {
            if !self.0.contains(&client) {
                break;
            }
            let Ok(from) = address.parse::<IpAddr>() else { break };
            client = from.to_canonical();
        }
        client
    }
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    fn client(socket: &str, lines: &[&'static str]) -> String {
        let proxies = ["127.0.0.1", "10.0.0.2", "::ffff:10.0.0.3"];
        let proxies = proxies.map(|address| address.parse().expect("an address"));
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, HeaderValue::from_static(line));
        }
        let socket = socket.parse().expect("an address");
        Proxies::new(&proxies).client(socket, &headers).to_string()
    }

    #[test]
    fn only_a_known_proxy_is_believed() {
        assert_eq!(client("192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(client("127.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(client("::ffff:127.0.0.1", &["2001:db8::7"]), "2001:db8::7");
        assert_eq!(client("10.0.0.3", &["198.51.100.7"]), "198.51.100.7");
    }

    #[test]
    fn what_a_client_wrote_itself_is_not_believed() {
        assert_eq!(client("127.0.0.1", &["1.2.3.4, 198.51.100.7"]), "198.51.100.7");
        assert_eq!(client("127.0.0.1", &["1.2.3.4", "198.51.100.7, 10.0.0.2"]), "198.51.100.7");
        assert_eq!(client("127.0.0.1", &["10.0.0.2, 198.51.100.7"]), "198.51.100.7");
    }

    #[test]
    fn without_an_address_it_is_the_last_that_is_known() {
        for line in ["", "unknown", "198.51.100.7:80", "198.51.100.7, "] {
            assert_eq!(client("127.0.0.1", &[line]), "127.0.0.1", "{line}");
        }
        assert_eq!(client("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(client("127.0.0.1", &["unknown, 10.0.0.2"]), "10.0.0.2");
    }
}
