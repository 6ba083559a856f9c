//! The first line: what a program is told by whoever started it.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::http::Token;

/// What the parent says.
#[derive(Debug)]
pub(in crate::server) struct Instructions {
    /// What clients have to show.
    pub(super) token: Token,
    /// Whose pages may speak to the program.
    pub(super) origins: Vec<String>,
    /// The port to try first, because the pages of an earlier start may go there.
    pub(in crate::server) port: u16,
    /// The Unix socket or named pipe to listen on, in place of a port.
    pub(in crate::server) pipe: Option<PathBuf>,
    /// The process to end with, beside the end of standard input.
    pub(super) parent: Option<u32>,
    /// Whether there may be only one such program for a user.
    pub(super) single: bool,
    /// How long the program stays without any client.
    pub(in crate::server) idle: Option<Duration>,
}

/// As it is written.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Line {
    token: String,
    #[serde(default)]
    origins: Vec<String>,
    #[serde(default)]
    port: u16,
    pipe: Option<PathBuf>,
    parent: Option<u32>,
    #[serde(default)]
    single: bool,
    idle_ms: Option<u64>,
}

impl Instructions {
    /// Reads the line.
    ///
    /// # Errors
    ///
    /// `internal`, with the place of the mistake and nothing of the text: it holds the token.
    pub(super) fn read(line: &[u8]) -> Result<Self> {
        let line: Line = serde_json::from_slice(line).map_err(|cause| {
            let (column, kind) = (cause.column(), cause.classify());
            Error::mistake(format!(
                "the first line of standard input is not understood at column {column} ({kind:?}): \
                 it is one JSON object with `token`, and may have `origins`, `port`, `pipe`, \
                 `parent`, `single` and `idleMs`"
            ))
        })?;
        let Line { token, origins, port, pipe, parent, single, idle_ms } = line;
        let idle = idle_ms.map(Duration::from_millis);
        Ok(Instructions { token: Token::given(token), origins, port, pipe, parent, single, idle })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_all_that_has_to_be_said() {
        let read = Instructions::read(br#"{"token":"a-token-of-some-length"}"#).expect("read");
        assert!(read.origins.is_empty() && read.port == 0 && !read.single);
        assert!(read.pipe.is_none() && read.parent.is_none() && read.idle.is_none());
    }

    #[test]
    fn a_line_that_is_not_understood_is_not_shown() {
        for line in
            [r#""secret""#, r#"{"token":["secret"]}"#, r#"{"secret":1}"#, r#"{"token":"secret"#, ""]
        {
            let error = Instructions::read(line.as_bytes()).expect_err(line);
            assert!(error.message().contains("not understood at column"), "{error}");
            assert!(!format!("{error:?}").contains("secret"), "{error:?}");
        }
    }
}
