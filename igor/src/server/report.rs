//! A configuration in words, and what is dangerous about it.

use std::fmt::{Display, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use crate::connection::Classic;
use crate::http::{Mount, Scheme};
use crate::server::config::Config;

/// The column at which values begin.
const COLUMN: usize = 10;

impl Config {
    /// What it means, line by line, for people: where the server listens, who may speak to it, what
    /// they have to show, its limits, and at the end what is dangerous about it. It shows no
    /// secret.
    ///
    /// ```
    /// println!("{}", igor::Config::default().report());
    /// ```
    pub fn report(&self) -> String {
        let mut text = String::new();
        let mut line = |label: &str, said: &dyn Display| {
            // Writing to memory cannot fail.
            let _ = writeln!(text, "{label:COLUMN$}{said}");
        };
        line("listens", &self.places());
        if self.sidecar.is_on {
            line("", &"as its parent says, who also says the token and the origins");
        }
        line("hosts", &self.hosts());
        line("origins", &list(&self.own_origins()));
        line("token", &self.token.origin());
        line("classic", &self.classic());
        if !self.proxies.is_empty() {
            line("believes", &list(&self.proxies));
        }
        self.mounts.iter().for_each(|mount| line("mount", &said(mount)));
        self.limits().iter().for_each(|(label, said)| line(label, said));
        let dangers = self.dangers().chain(self.token.danger());
        for (index, danger) in dangers.enumerate() {
            line(if index == 0 { "danger" } else { "" }, &danger);
        }
        text
    }

    /// What is dangerous about it, but for its token.
    pub(super) fn dangers(&self) -> impl Iterator<Item = String> {
        let is_reached = !self.address.ip().is_loopback();
        let exposed = (is_reached && self.scheme() == Scheme::Http).then(|| {
            "`dangerously_without_tls`: who is on the way to another machine reads and changes \
             all that is said, the token too"
                .to_owned()
        });
        let impersonable = (self.classic == Classic::DangerouslyTrustingNames).then(|| {
            "`Classic::DangerouslyTrustingNames`: a classic client gets the session of any other \
             by saying its name"
                .to_owned()
        });
        let of_itself = exposed.into_iter().chain(impersonable);
        of_itself.chain(self.origins().filter_map(|origin| {
            let why = match origin.as_str() {
                "null" => "any site can send it, from a sandboxed frame",
                "file://" => "any page that is opened from a file sends it",
                _ if is_forgeable(origin) => "who is on the way to it can make a page of it",
                _ => return None,
            };
            Some(format!("origin `{origin}`: {why}"))
        }))
    }

    fn places(&self) -> String {
        if let Some(pipe) = &self.pipe {
            return format!("the pipe `{}`, and no port", pipe.display());
        }
        let address = self.address;
        let mut places = vec![address];
        if address.ip() == Ipv4Addr::LOCALHOST {
            places.push((Ipv6Addr::LOCALHOST, address.port()).into());
        }
        let how = match self.scheme() {
            Scheme::Http => "in the clear",
            #[cfg(feature = "tls")]
            Scheme::Https => "by TLS",
        };
        format!("{}, {how}", list(&places))
    }

    fn hosts(&self) -> String {
        let own = match self.address.ip() {
            ip if ip.is_loopback() || ip.is_unspecified() => {
                "127.0.0.1, localhost and [::1]".to_owned()
            }
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let own = format!("{own}, with the port");
        if self.allowed_hosts.is_empty() {
            own
        } else {
            format!("{own}; {}", list(&self.allowed_hosts))
        }
    }

    /// What a client may do that offers no subprotocol.
    fn classic(&self) -> &'static str {
        match self.classic {
            Classic::On => "spoken by who offers no subprotocol; a name is theirs if it is free",
            Classic::DangerouslyTrustingNames => {
                "spoken by who offers no subprotocol; a name brings the session that is kept"
            }
            Classic::Off => "not spoken",
        }
    }

    fn own_origins(&self) -> Vec<String> {
        let own = format!("{}:// and each of these hosts", self.scheme().name());
        [own].into_iter().chain(self.origins().cloned()).collect()
    }

    fn limits(&self) -> [(&'static str, String); 4] {
        let Config { gate, connection, session, calls, processes, wire, .. } = self;
        let waiting = format!(
            "{} sockets at once, {} for a handshake, {} of headers, {} for a hello",
            gate.waiting_sockets,
            time(gate.handshake),
            size(gate.header_bytes),
            time(connection.hello),
        );
        let sessions = format!(
            "{}, kept for {}, {} for all that are away, a beat of {}",
            session.clients,
            time(session.grace),
            size(session.absent_bytes),
            time(connection.beat),
        );
        let each = format!(
            "{} a message, {} open calls, {} items of credit, {} kept",
            size(wire.message_bytes),
            calls.open,
            calls.credit,
            size(wire.client_bytes),
        );
        let end = format!(
            "{} for calls that still run, then {} for processes",
            time(connection.drain),
            time(processes.stop),
        );
        [("gate", waiting), ("clients", sessions), ("each", each), ("end", end)]
    }
}

/// What may be done with the files of a mount.
fn said(mount: &Mount) -> String {
    let Mount { name, directory, read, write, delete, max_bytes, .. } = mount;
    let kinds = match mount.extensions.as_slice() {
        [] => "any file".to_owned(),
        extensions => list(extensions),
    };
    let mut said = format!("`{name}` of `{}`, {kinds}", directory.display());
    for (_, may) in [(read, "read"), (delete, "deleted")].into_iter().filter(|(is_so, _)| **is_so) {
        said += &format!(", {may}");
    }
    if *write {
        let most = usize::try_from(*max_bytes).unwrap_or(usize::MAX);
        said += &format!(", written up to {}", size(most));
    }
    said
}

/// Whether whoever stands between a browser and this origin can answer in its name.
fn is_forgeable(origin: &str) -> bool {
    let Some(host) = origin.strip_prefix("http://") else { return false };
    let name = host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok());
    let name = name.map_or(host, |(name, _)| name);
    let is_here = name.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback());
    !is_here && !matches!(name, "localhost" | "[::1]")
}

fn list<T: Display>(items: &[T]) -> String {
    let items: Vec<_> = items.iter().map(T::to_string).collect();
    items.join(", ")
}

fn time(duration: Duration) -> String {
    format!("{duration:?}")
}

/// Bytes, in the largest unit that they are a whole number of.
fn size(bytes: usize) -> String {
    match bytes {
        bytes if bytes % (1 << 20) == 0 => format!("{} MiB", bytes >> 20),
        bytes if bytes % (1 << 10) == 0 => format!("{} KiB", bytes >> 10),
        bytes => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Token;

    #[test]
    fn the_defaults_are_said_in_words_and_nothing_about_them_is_dangerous() {
        let config = Config { token: Token::kept_in("/state/token"), ..Config::default() };
        let expected = "\
listens   127.0.0.1:5678, [::1]:5678, in the clear
hosts     127.0.0.1, localhost and [::1], with the port
origins   http:// and each of these hosts
token     made once, kept in `/state/token`
classic   spoken by who offers no subprotocol; a name is theirs if it is free
gate      64 sockets at once, 5s for a handshake, 8 KiB of headers, 2s for a hello
clients   10000, kept for 10s, 64 MiB for all that are away, a beat of 5s
each      1 MiB a message, 1024 open calls, 256 items of credit, 16 MiB kept
end       5s for calls that still run, then 2s for processes
";
        assert_eq!(config.report(), expected);
    }

    #[test]
    fn whatever_is_dangerous_stands_at_the_end() {
        let mut config = Config {
            address: ([192, 0, 2, 7], 80).into(),
            token: Token::dangerously_without_token(),
            allowed_hosts: vec!["chat.example".to_owned()],
            proxies: vec![[192, 0, 2, 1].into()],
            dangerously_without_tls: true,
            classic: Classic::DangerouslyTrustingNames,
            ..Config::default()
        };
        for origin in ["null", "file://", "http://chat.example", "https://chat.example"] {
            config.allowed_origins.push(origin.to_owned());
        }
        let images = vec!["png".to_owned(), "jpg".to_owned()];
        config.mounts = vec![
            Mount { write: true, extensions: images, ..Mount::new("images", "/srv/images") },
            Mount { read: false, delete: true, ..Mount::new("drop", "/srv/drop") },
        ];
        config.wire.message_bytes = 5000;
        config.gate.handshake = Duration::from_millis(250);
        let expected = "\
listens   192.0.2.7:80, in the clear
hosts     192.0.2.7, with the port; chat.example
origins   http:// and each of these hosts, null, file://, http://chat.example, https://chat.example
token     none
classic   spoken by who offers no subprotocol; a name brings the session that is kept
believes  192.0.2.1
mount     `images` of `/srv/images`, png, jpg, read, written up to 16 MiB
mount     `drop` of `/srv/drop`, any file, deleted
gate      64 sockets at once, 250ms for a handshake, 8 KiB of headers, 2s for a hello
clients   10000, kept for 10s, 64 MiB for all that are away, a beat of 5s
each      5000 bytes a message, 1024 open calls, 256 items of credit, 16 MiB kept
end       5s for calls that still run, then 2s for processes
danger    `dangerously_without_tls`: who is on the way to another machine reads and changes all that is said, the token too
          `Classic::DangerouslyTrustingNames`: a classic client gets the session of any other by saying its name
          origin `null`: any site can send it, from a sandboxed frame
          origin `file://`: any page that is opened from a file sends it
          origin `http://chat.example`: who is on the way to it can make a page of it
          `dangerously_without_token`: whatever reaches the server, any user's program included, can call every action
";
        assert_eq!(config.report(), expected);
    }

    #[test]
    fn a_page_of_this_machine_cannot_be_forged_on_the_way() {
        for origin in
            ["http://localhost:5173", "http://127.0.0.1:80", "http://[::1]", "https://a.b"]
        {
            assert!(!is_forgeable(origin), "{origin}");
        }
        for origin in ["http://chat.example", "http://chat.example:8080", "http://192.0.2.7"] {
            assert!(is_forgeable(origin), "{origin}");
        }
    }

    #[test]
    fn no_secret_is_reported() {
        let config = Config { token: Token::given("a-secret-of-some-length"), ..Config::default() };
        let report = config.report();
        assert!(report.contains("token     given by the program\n"), "{report}");
        assert!(!report.contains("secret"), "{report}");
    }
}
