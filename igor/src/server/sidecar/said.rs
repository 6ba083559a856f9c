//! The one line on standard output: where the program listens, or why it does not.

use std::fs::File;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Mutex;

use serde::Serialize;
use tracing::warn;

use crate::error::Error;
use crate::http::SPOKEN;

/// The way to tell the parent one line. Everything else that is written to standard output from now
/// on goes to standard error: a program that logs there would fill a pipe that nobody reads.
#[derive(Debug)]
pub(super) struct Said(Mutex<File>);

/// Where the program listens and what it speaks.
#[derive(Debug, Serialize)]
pub(in crate::server) struct Ready<'a> {
    /// In place of a pipe.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::server) address: Option<SocketAddr>,
    /// In place of an address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::server) pipe: Option<&'a Path>,
    pub(in crate::server) pid: u32,
    /// The hash of the contract.
    pub(in crate::server) contract: &'a str,
}

/// The line itself.
#[derive(Serialize)]
struct Line<'a> {
    /// The protocol; it also tells this line apart from others.
    igor: &'a str,
    #[serde(flatten)]
    ready: Option<&'a Ready<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<&'a str>,
}

impl Said {
    /// Takes standard output for the one line.
    pub(super) fn take() -> io::Result<Self> {
        io::stdout().flush()?;
        Ok(Said(Mutex::new(own_output()?)))
    }

    pub(super) fn ready(&self, ready: &Ready<'_>) {
        self.say(&Line { igor: SPOKEN, ready: Some(ready), refused: None });
    }

    pub(super) fn refused(&self, error: &Error) {
        self.say(&Line { igor: SPOKEN, ready: None, refused: Some(error.message()) });
    }

    fn say(&self, line: &Line<'_>) {
        let Ok(mut text) = serde_json::to_vec(line) else {
            return warn!("the path of the pipe is not UTF-8: the parent cannot be told it");
        };
        text.push(b'\n');
        let mut output = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Err(cause) = output.write_all(&text).and_then(|()| output.flush()) {
            // The end of standard input will be heard, too.
            warn!(%cause, "could not write to standard output");
        }
    }
}

#[cfg(unix)]
fn own_output() -> io::Result<File> {
    let own = rustix::io::fcntl_dupfd_cloexec(io::stdout(), 3)?;
    rustix::stdio::dup2_stdout(io::stderr())?;
    Ok(File::from(own))
}

#[cfg(windows)]
fn own_output() -> io::Result<File> {
    use filedescriptor::{FileDescriptor, StdioDescriptor};
    let own = FileDescriptor::redirect_stdio(&io::stderr(), StdioDescriptor::Stdout);
    own.and_then(|own| own.as_file()).map_err(io::Error::other)
}
