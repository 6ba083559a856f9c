//! Standard input: the instructions, then perhaps the word to end, then the end.

use std::io::{self, BufRead, Read as _};
use std::thread;

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::WHO;
use super::instructions::Instructions;
use crate::error::{Error, Result};

/// The bytes of a line at most.
const LONGEST_LINE: u64 = 64 << 10;

/// The line by which the parent asks for the end.
const END: &[u8] = br#"{"end":true}"#;

/// What comes on standard input.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) instructions: oneshot::Receiver<Result<Instructions>>,
    /// Cancelled when the parent asks for the end.
    pub(super) told: CancellationToken,
    /// Cancelled when standard input is at its end: nobody is there to write to it.
    pub(super) gone: CancellationToken,
}

impl Input {
    /// Reads standard input from now on until its end, on a thread of its own: a read cannot be
    /// called off, and tokio's would hold up the end of the program.
    pub(super) fn listen() -> Result<Self> {
        let (first, instructions) = oneshot::channel();
        let (told, gone) = (CancellationToken::new(), CancellationToken::new());
        let input = Input { instructions, told: told.clone(), gone: gone.clone() };
        thread::Builder::new().name("igor-stdin".to_owned()).spawn(move || {
            let _at_the_end = gone.drop_guard();
            read(io::stdin().lock(), first, &told);
        })?;
        Ok(input)
    }
}

/// Reads lines until there are no more.
fn read(
    mut input: impl BufRead,
    first: oneshot::Sender<Result<Instructions>>,
    told: &CancellationToken,
) {
    // Nobody waits any more where the time for it was over; then the program ends.
    let _ = first.send(match line(&mut input) {
        Some(line) => Instructions::read(&line),
        None => {
            Err(Error::mistake(format!("standard input was closed, or its line too long: {WHO}")))
        }
    });
    while let Some(line) = line(&mut input) {
        match line.trim_ascii() {
            END => told.cancel(),
            other => warn!(bytes = other.len(), "a line on standard input is not understood"),
        }
    }
}

/// The next line; `None` at the end of the input, when it cannot be read, and for a line that is
/// too long, behind which there is no next.
fn line(input: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut line = Vec::new();
    input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line).ok()?;
    line.ends_with(b"\n").then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(input: &[u8]) -> (Result<Instructions>, bool) {
        let (first, mut instructions) = oneshot::channel();
        let told = CancellationToken::new();
        read(input, first, &told);
        (instructions.try_recv().expect("said"), told.is_cancelled())
    }

    const TOKEN: &[u8] = b"{\"token\":\"a-token-of-some-length\"}\n";

    #[test]
    fn the_word_to_end_stands_in_a_line_of_its_own() {
        let (first, is_told) = heard(TOKEN);
        assert!(first.is_ok() && !is_told);
        let (first, is_told) = heard(&[TOKEN, b"hm\r\n{\"end\":true}\r\n"].concat());
        assert!(first.is_ok() && is_told);
        let (_, is_told) = heard(&[TOKEN, b"{\"end\":true}"].concat());
        assert!(!is_told, "half a line says nothing");
    }

    #[test]
    fn input_without_a_first_line_is_refused() {
        let endless = vec![b'x'; 70 << 10];
        for input in [&b""[..], b"{\"token\":\"a-token-of-some-length\"}", &endless] {
            let (first, _) = heard(input);
            let error = first.expect_err("refused");
            assert!(error.message().contains("closed, or its line too long"), "{error}");
        }
    }
}
