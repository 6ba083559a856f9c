//! The names of a server: its hosts, and the origins whose pages may speak to it.

use std::net::SocketAddr;

use crate::error::Error;

/// How a server's pages are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// In the clear.
    Http,
    /// Encrypted, by the server itself.
    #[cfg(feature = "tls")]
    Https,
}

impl Scheme {
    /// As it stands before `://`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            #[cfg(feature = "tls")]
            Scheme::Https => "https",
        }
    }

    /// The port that its URLs need not say.
    const fn port(self) -> u16 {
        match self {
            Scheme::Http => 80,
            #[cfg(feature = "tls")]
            Scheme::Https => 443,
        }
    }
}

/// Under which names a server is spoken to, and from where. Each is compared as a whole: no
/// wildcard, suffix or pattern.
#[derive(Debug)]
pub(crate) struct Names {
    hosts: Vec<String>,
    origins: Vec<String>,
}

impl Names {
    /// The names of a server at this address, and those that its operator added.
    pub(crate) fn new(
        scheme: Scheme,
        address: SocketAddr,
        hosts: &[String],
        origins: &[String],
    ) -> Self {
        let port = address.port();
        let own = if address.ip().is_loopback() || address.ip().is_unspecified() {
            vec!["127.0.0.1".to_owned(), "localhost".to_owned(), "[::1]".to_owned()]
        } else {
            vec![match address {
                SocketAddr::V4(address) => address.ip().to_string(),
                SocketAddr::V6(address) => format!("[{}]", address.ip()),
            }]
        };
        let mut own: Vec<_> = own
            .into_iter()
            .flat_map(|name| {
                let short = (port == scheme.port()).then(|| name.clone());
                [Some(format!("{name}:{port}")), short].into_iter().flatten()
            })
            .collect();
        own.extend_from_slice(hosts);
        let own_origins = own.iter().map(|host| format!("{}://{host}", scheme.name()));
        let origins = own_origins.chain(origins.iter().cloned()).collect();
        Names { hosts: own, origins }
    }

    pub(super) fn is_host(&self, host: &str) -> bool {
        self.hosts.iter().any(|own| own == host)
    }

    pub(super) fn is_origin(&self, origin: &str) -> bool {
        self.origins.iter().any(|known| known == origin)
    }
}

/// Whether this is a host as browsers write it, so that it can ever match.
///
/// # Errors
///
/// `internal` with the form that it must have.
pub(crate) fn check_host(host: &str) -> Result<(), Error> {
    if is_host(host) {
        return Ok(());
    }
    let text = format!(
        "`{host}` is not a host as browsers send it: write `my-machine.local:5678`, in lower case, \
         with the port unless it is the scheme's own, without a scheme or a slash"
    );
    Err(Error::mistake(text))
}

fn is_host(host: &str) -> bool {
    let is_sign = |sign: char| {
        sign.is_ascii_graphic() && !sign.is_ascii_uppercase() && !"/?#@*\\".contains(sign)
    };
    !host.is_empty() && host.chars().all(is_sign)
}

/// Whether this is an origin as browsers write it, so that it can ever match.
///
/// # Errors
///
/// `internal` with the form that it must have.
pub(crate) fn check_origin(origin: &str) -> Result<(), Error> {
    let is_whole = matches!(origin, "null" | "file://");
    let is_written_as_sent = origin.split_once("://").is_some_and(|(scheme, host)| {
        let is_scheme = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit();
        !scheme.is_empty()
            && scheme.chars().all(|sign| is_scheme(sign) || "+-.".contains(sign))
            && is_host(host)
    });
    if is_whole || is_written_as_sent {
        return Ok(());
    }
    let text = format!(
        "`{origin}` is not an origin as browsers send it: write `http://localhost:5173`, in lower \
         case, with the port unless it is the scheme's own, without a path or a slash at the end"
    );
    Err(Error::mistake(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(address: &str) -> Names {
        let address = address.parse().expect("an address");
        Names::new(Scheme::Http, address, &["my.host:81".into()], &[])
    }

    #[test]
    fn the_port_of_http_need_not_be_said() {
        let names = names("127.0.0.1:80");
        assert!(names.is_host("localhost") && names.is_host("localhost:80"));
        assert!(names.is_origin("http://[::1]"));
    }

    #[test]
    fn a_server_beyond_loopback_has_its_address_and_the_names_that_it_was_given() {
        let names = names("192.0.2.7:5678");
        assert!(names.is_host("192.0.2.7:5678") && names.is_origin("http://192.0.2.7:5678"));
        assert!(names.is_host("my.host:81") && names.is_origin("http://my.host:81"));
        assert!(!names.is_host("my.host:5678") && !names.is_host("my.host"));
        assert!(!names.is_host("localhost:5678") && !names.is_origin("http://localhost:5678"));
    }

    #[cfg(feature = "tls")]
    #[test]
    fn pages_of_a_server_that_encrypts_are_asked_for_by_https() {
        let address = "127.0.0.1:443".parse().expect("an address");
        let names = Names::new(Scheme::Https, address, &["my.host".into()], &[]);
        assert!(names.is_host("localhost") && names.is_origin("https://localhost"));
        assert!(names.is_origin("https://my.host") && !names.is_origin("http://my.host"));
    }

    #[test]
    fn an_unspecified_address_is_no_name() {
        assert!(!names("0.0.0.0:5678").is_host("0.0.0.0:5678"));
        assert!(names("[::]:5678").is_host("localhost:5678"));
    }

    #[test]
    fn an_origin_is_written_as_browsers_send_it() {
        for origin in [
            "null",
            "file://",
            "http://localhost:5173",
            "https://example.com",
            "http://[::1]:5173",
            "chrome-extension://abcdefghijklmnop",
            "tauri://localhost",
        ] {
            assert!(check_origin(origin).is_ok(), "{origin}");
        }
        for origin in [
            "",
            "*",
            "localhost:5173",
            "http://",
            "://localhost",
            "http://localhost:5173/",
            "http://localhost/page",
            "HTTP://localhost",
            "http://Localhost",
            "http://*.example.com",
            "http://me@example.com",
            "http://localhost 5173",
        ] {
            assert!(check_origin(origin).is_err(), "{origin}");
        }
    }
}
