//! What a server counts, as values and as text for Prometheus.

use std::fmt::{Display, Write as _};

use crate::error::Code;

/// What a server counts, as of now. An action asks for it as a parameter.
///
/// ```
/// use igor::Stats;
///
/// /// How many pages are open.
/// #[igor::action("pages")]
/// fn pages(stats: Stats) -> usize {
///     stats.connected
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Clients with a connection.
    pub connected: usize,
    /// Clients whose connection is lost and whose session is kept.
    pub absent: usize,
    /// Calls that are running.
    pub open_calls: usize,
    /// Bytes that are kept for all clients until they have received them, with the overhead of
    /// keeping them.
    pub waiting_bytes: usize,
    /// The largest number of such bytes for a single client.
    pub most_waiting_bytes: usize,
    /// Sessions that began.
    pub sessions: u64,
    /// Connections that were lost and resumed without loss.
    pub resumes: u64,
    /// Connections that were closed because the client did not keep up.
    pub too_slow: u64,
    /// Events that were left out for a client that did not keep up.
    pub events_left_out: u64,
    /// How many calls ended with each code, `None` for success; codes with which none did are left
    /// out. A call whose page is gone is not counted: nobody could be told how it ended.
    pub calls: Vec<(Option<Code>, u64)>,
}

impl Stats {
    /// In the text format of Prometheus, as `/igor/metrics` has it.
    pub fn prometheus(&self) -> String {
        let mut text = Text::default();
        text.one("igor_clients_connected", "gauge", "Clients with a connection", self.connected);
        let absent = "Clients whose connection is lost and whose session is kept";
        text.one("igor_clients_absent", "gauge", absent, self.absent);
        text.one("igor_calls_open", "gauge", "Calls that run", self.open_calls);
        let waiting = "Bytes kept for all clients";
        text.one("igor_waiting_bytes", "gauge", waiting, self.waiting_bytes);
        let most = "The most bytes kept for one client";
        text.one("igor_waiting_bytes_most", "gauge", most, self.most_waiting_bytes);
        text.one("igor_sessions_total", "counter", "Sessions that began", self.sessions);
        let resumes = "Connections that came back and went on";
        text.one("igor_resumes_total", "counter", resumes, self.resumes);
        let too_slow = "Connections closed because the client did not keep up";
        text.one("igor_too_slow_total", "counter", too_slow, self.too_slow);
        let left_out = "Events left out for clients that did not keep up";
        text.one("igor_events_left_out_total", "counter", left_out, self.events_left_out);
        text.head("igor_calls_total", "counter", "Calls by how they ended");
        for (code, count) in &self.calls {
            let outcome = code.map_or("ok", Code::name);
            text.line(&format!("igor_calls_total{{outcome=\"{outcome}\"}}"), count);
        }
        text.0
    }
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.head(name, kind, help);
        self.line(name, value);
    }

    // Writing to memory cannot fail.
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, value: impl Display) {
        let _ = writeln!(self.0, "{name} {value}");
    }
}
