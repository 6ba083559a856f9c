//! A server's process, from the driver's side.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::dialect::Peer;

/// A running server; it ends when this is dropped.
pub struct Server {
    child: Child,
    /// The server ends when this does.
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    /// Where it listens.
    pub port: u16,
}

/// What a server has used until now.
#[derive(Clone, Copy, Debug)]
pub struct Used {
    /// Processor time, in nanoseconds.
    pub cpu_nanos: u64,
    /// Resident memory, in bytes.
    pub resident_bytes: u64,
}

impl Server {
    /// Starts it, on these processors alone (`0`, or `0,1`), under the command that `PROFILER` names
    /// if it does: `PROFILER='valgrind --tool=callgrind'`.
    ///
    /// # Errors
    ///
    /// When it cannot be started, or does not say where it listens.
    pub fn start(peer: Peer, processors: &str) -> io::Result<Self> {
        let program = std::env::current_exe()?.with_file_name(peer.program());
        let profiler = std::env::var("PROFILER").unwrap_or_default();
        let mut child = Command::new("taskset")
            .args(["--cpu-list", processors])
            .args(profiler.split_whitespace())
            .arg(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let questions = child.stdin.take();
        let mut answers = BufReader::new(child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?);
        let mut line = String::new();
        answers.read_line(&mut line)?;
        let port = line.trim().parse().map_err(io::Error::other)?;
        Ok(Server { child, questions, answers, port })
    }

    /// Asks what it has used.
    ///
    /// # Errors
    ///
    /// When it does not answer.
    pub fn used(&mut self) -> io::Result<Used> {
        self.questions.as_mut().ok_or(io::ErrorKind::BrokenPipe)?.write_all(b"\n")?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        let mut numbers = line.split_whitespace().map(str::parse);
        let mut next = || numbers.next().and_then(Result::ok).ok_or(io::ErrorKind::InvalidData);
        Ok(Used { cpu_nanos: next()?, resident_bytes: next()? })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.questions = None;
        let _ = self.child.wait();
    }
}
