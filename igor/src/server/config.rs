//! The configuration of a server, with defaults that are safe on a machine with other users and
//! with hostile pages in its browsers.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use crate::action::CallLimits;
use crate::connection::{Classic, ConnectionLimits};
use crate::error::{Error, Result};
use crate::http::{GateLimits, Mount, Scheme, Token, check_host, check_origin};
use crate::hub::RequestLimits;
use crate::process::ProcessLimits;
use crate::server::sidecar::Sidecar;
#[cfg(feature = "tls")]
use crate::server::tls::Tls;
use crate::session::SessionLimits;
use crate::wire::WireLimits;

/// The port unless another is configured.
const PORT: u16 = 5678;

/// The least that the limit of headers can be; it is hyper's.
const LEAST_HEADER_BYTES: usize = 8 << 10;

/// The least that the limit of a message can be, so that igor's own frames pass.
const LEAST_MESSAGE_BYTES: usize = 4 << 10;

/// No wait may be longer, so that times can be added without overflow.
const LONGEST_WAIT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The configuration of a server: where it listens, who may speak to it, and its limits. Each
/// field's default stands behind the semicolon.
///
/// ```
/// let config = igor::Config {
///     address: ([127, 0, 0, 1], 0).into(),                    // any free port
///     page_origin: Some("http://localhost:5173".to_owned()), // Vite serves the page
///     ..igor::Config::default()
/// };
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens; `127.0.0.1:5678`. With 127.0.0.1 it also listens on `[::1]`, on the same
    /// port, where that can be had. Port 0 is any free one.
    pub address: SocketAddr,
    /// A Unix socket, or a named pipe of Windows, on which it listens in place of `address`; none.
    /// No page reaches it, and no other user of the machine.
    pub pipe: Option<PathBuf>,
    /// What clients have to show; by default made once and kept for the user.
    pub token: Token,
    /// Origins, beside the server's own, whose pages may speak to it: `http://localhost:5173`,
    /// exactly as browsers send them; none. `null`, `file://` and the origins of extensions are
    /// allowed only where they are listed here.
    pub allowed_origins: Vec<String>,
    /// Hosts, beside the server's own, under which it may be reached, as browsers send them:
    /// `my-machine.local:5678`, with the port unless it is that of the scheme; none.
    pub allowed_hosts: Vec<String>,
    /// The addresses of trusted proxies in front of it; none. Only from these is the header
    /// `X-Forwarded-For` believed, which says from where a client connects.
    pub proxies: Vec<IpAddr>,
    /// Where the page comes from while it is developed: `http://localhost:5173`; from the server
    /// itself. Its origin is allowed, and the link points there.
    pub page_origin: Option<String>,
    /// Directories whose files are served under `/files/`; none.
    pub mounts: Vec<Mount>,
    /// Whether clients of igor's ancestor, Igor in Python, may connect, and whether their names are
    /// trusted. A page can show no token in their dialect, so it can speak that only to a server
    /// without one.
    pub classic: Classic,
    /// Whether the program is bound to the one that started it; by default if it has the argument
    /// `--igor-sidecar`. Then that one says `address`, `token` and `allowed_origins`.
    pub sidecar: Sidecar,
    /// The certificate and key of a server that other machines reach without a proxy in front;
    /// none.
    #[cfg(feature = "tls")]
    pub tls: Option<Tls>,
    /// Whether other machines may reach it although nothing is encrypted; false. All that is sent,
    /// the token included, can then be read and changed on the way.
    pub dangerously_without_tls: bool,
    /// Limits of sockets that are not clients yet.
    pub gate: GateLimits,
    /// The timeouts of connections.
    pub connection: ConnectionLimits,
    /// How long sessions are kept, and how many.
    pub session: SessionLimits,
    /// How many calls a client may have open, and for how long.
    pub calls: CallLimits,
    /// How many requests a page may leave unanswered, and for how long.
    pub requests: RequestLimits,
    /// How long processes may take.
    pub processes: ProcessLimits,
    /// The sizes of messages and of what is kept for a client.
    pub wire: WireLimits,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            address: (Ipv4Addr::LOCALHOST, PORT).into(),
            pipe: None,
            token: Token::default(),
            allowed_origins: Vec::new(),
            allowed_hosts: Vec::new(),
            proxies: Vec::new(),
            page_origin: None,
            mounts: Vec::new(),
            classic: Classic::default(),
            sidecar: Sidecar::default(),
            #[cfg(feature = "tls")]
            tls: None,
            dangerously_without_tls: false,
            gate: GateLimits::default(),
            connection: ConnectionLimits::default(),
            session: SessionLimits::default(),
            calls: CallLimits::default(),
            requests: RequestLimits::default(),
            processes: ProcessLimits::default(),
            wire: WireLimits::default(),
        }
    }
}

impl Config {
    /// The configuration of a program that is always bound to the one that started it, whatever its
    /// arguments.
    pub fn sidecar() -> Self {
        let sidecar = Sidecar { is_on: true, ..Sidecar::default() };
        Config { sidecar, ..Config::default() }
    }

    /// The origins that are allowed beside the server's own.
    pub(super) fn origins(&self) -> impl Iterator<Item = &String> {
        self.allowed_origins.iter().chain(&self.page_origin)
    }

    /// How its pages are asked for.
    pub(super) fn scheme(&self) -> Scheme {
        #[cfg(feature = "tls")]
        if self.tls.is_some() {
            return Scheme::Https;
        }
        Scheme::Http
    }

    /// Whether it makes sense.
    pub(super) fn check(&self) -> Result<()> {
        let address = self.address;
        let is_in_the_clear = self.scheme() == Scheme::Http;
        if !address.ip().is_loopback() && is_in_the_clear && !self.dangerously_without_tls {
            return Err(Error::mistake(format!(
                "`{address}` can be reached from other machines, and all that is said to them \
                 could be read on the way: listen on `127.0.0.1`, set `Config::tls` (feature \
                 `tls`), or set `dangerously_without_tls`"
            )));
        }
        self.origins().try_for_each(|origin| check_origin(origin))?;
        self.allowed_hosts.iter().try_for_each(|host| check_host(host))?;
        self.check_sizes()?;
        self.check_waits()
    }

    fn check_sizes(&self) -> Result<()> {
        let Config { gate, session, calls, requests, wire, .. } = self;
        for (name, value, least) in [
            ("gate.header_bytes", gate.header_bytes, LEAST_HEADER_BYTES),
            ("gate.waiting_sockets", gate.waiting_sockets, 1),
            ("session.clients", session.clients, 1),
            ("calls.open", calls.open, 1),
            ("requests.open", requests.open, 1),
            ("wire.message_bytes", wire.message_bytes, LEAST_MESSAGE_BYTES),
            ("wire.ring_frames", wire.ring_frames, 1),
            ("wire.ring_bytes", wire.ring_bytes, 1),
            ("wire.client_bytes", wire.client_bytes, wire.message_bytes),
        ] {
            if value < least {
                return Err(Error::mistake(format!(
                    "`{name}` is {value}, and has to be at least {least}"
                )));
            }
        }
        if calls.credit == 0 {
            return Err(Error::mistake("`calls.credit` is 0, and has to be at least 1"));
        }
        Ok(())
    }

    fn check_waits(&self) -> Result<()> {
        let Config { gate, connection, session, calls, requests, processes, sidecar, .. } = self;
        for (name, wait) in [
            ("gate.handshake", gate.handshake),
            ("connection.hello", connection.hello),
            ("connection.beat", connection.beat),
            ("connection.authorize", connection.authorize),
            ("requests.timeout", requests.timeout),
            ("calls.timeout", calls.timeout.unwrap_or(LONGEST_WAIT)),
        ] {
            if wait.is_zero() {
                return Err(Error::mistake(format!("`{name}` is zero, and has to be longer")));
            }
        }
        for (name, wait) in [
            ("gate.handshake", gate.handshake),
            ("connection.hello", connection.hello),
            ("connection.beat", connection.beat),
            ("connection.authorize", connection.authorize),
            ("connection.drain", connection.drain),
            ("session.grace", session.grace),
            ("requests.timeout", requests.timeout),
            ("calls.timeout", calls.timeout.unwrap_or_default()),
            ("processes.stop", processes.stop),
            ("sidecar.instructions", sidecar.instructions),
            ("sidecar.orphan", sidecar.orphan),
        ] {
            if wait > LONGEST_WAIT {
                return Err(Error::mistake(format!("`{name}` is more than a year")));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut Config)) -> String {
        let mut config = Config::default();
        change(&mut config);
        config.check().expect_err("refused").message().to_owned()
    }

    #[test]
    fn the_defaults_make_sense() {
        assert!(Config::default().check().is_ok());
    }

    #[test]
    fn other_machines_are_let_in_only_by_a_word_of_danger() {
        for address in ["0.0.0.0:5678", "[::]:0", "192.0.2.7:5678"] {
            let address = address.parse().expect("an address");
            let text = refused(|config| config.address = address);
            assert!(text.contains("`dangerously_without_tls`"), "{text}");
            let config = Config { address, dangerously_without_tls: true, ..Config::default() };
            assert!(config.check().is_ok());
            #[cfg(feature = "tls")]
            {
                let tls = Some(Tls { certificates: "".into(), key: "".into() });
                assert!(Config { address, tls, ..Config::default() }.check().is_ok());
            }
        }
    }

    #[test]
    fn origins_have_the_form_that_browsers_send() {
        let text = refused(|config| config.allowed_origins.push("*".into()));
        assert!(text.contains("`*` is not an origin"), "{text}");
        let text = refused(|config| config.page_origin = Some("localhost:5173".into()));
        assert!(text.contains("`localhost:5173` is not an origin"), "{text}");
    }

    #[test]
    fn hosts_have_the_form_that_browsers_send() {
        for host in ["http://my-machine:5678", "my-machine/", "My-Machine", "*", ""] {
            let text = refused(|config| config.allowed_hosts.push(host.into()));
            assert!(text.starts_with(&format!("`{host}` is not a host")), "{text}");
        }
        let hosts = ["my-machine.local:5678", "app.example.com", "[::2]:5678"];
        let allowed_hosts = hosts.map(str::to_owned).to_vec();
        assert!(Config { allowed_hosts, ..Config::default() }.check().is_ok());
    }

    #[test]
    fn limits_that_let_nothing_pass_are_refused() {
        let text = refused(|config| config.gate.header_bytes = 100);
        assert_eq!(text, "`gate.header_bytes` is 100, and has to be at least 8192");
        let text = refused(|config| config.connection.beat = Duration::ZERO);
        assert_eq!(text, "`connection.beat` is zero, and has to be longer");
        let text = refused(|config| config.session.grace = Duration::MAX);
        assert_eq!(text, "`session.grace` is more than a year");
        let text = refused(|config| config.calls.credit = 0);
        assert_eq!(text, "`calls.credit` is 0, and has to be at least 1");
    }
}
