//! A bound program beside a test, and what can be seen of it from outside.

use std::io;
use std::net::SocketAddr;
use std::process::Stdio;

use igor_tests::{Identity, Socket, TOKEN, within};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use waitpid_any::WaitHandle;

/// The program itself, or one that starts it.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_bound-program");

/// A program that runs; it is killed with the test.
pub(crate) struct Program {
    pub(crate) child: Child,
    /// `None` once it is closed.
    pub(crate) input: Option<ChildStdin>,
    pub(crate) output: BufReader<ChildStdout>,
    pub(crate) log: ChildStderr,
}

impl Program {
    /// Starts it with these arguments, and says nothing to it yet.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(BINARY);
        Program::spawn(command.args(arguments))
    }

    pub(crate) fn spawn(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("started");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("piped"));
        let log = child.stderr.take().expect("piped");
        Program { child, input, output, log }
    }

    /// Starts a bound program and tells it this, beside the token; says what it answered.
    pub(crate) async fn told(instructions: Value) -> (Self, Value) {
        let mut program = Program::start(&["--igor-sidecar"]);
        let answer = program.tell(instructions).await;
        (program, answer)
    }

    /// Tells it this, beside the token, and waits for its one line.
    pub(crate) async fn tell(&mut self, mut instructions: Value) -> Value {
        instructions["token"] = json!(TOKEN);
        self.write(&instructions.to_string()).await;
        let line = self.line().await;
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in `{line}`"))
    }

    pub(crate) async fn write(&mut self, line: &str) {
        let input = self.input.as_mut().expect("not closed");
        input.write_all(format!("{line}\n").as_bytes()).await.expect("it reads");
    }

    pub(crate) async fn line(&mut self) -> String {
        let mut line = String::new();
        within("a line", self.output.read_line(&mut line)).await.expect("text");
        line
    }

    /// What is left of its output and its log, to their ends.
    pub(crate) async fn rest(mut self) -> (String, String) {
        let (mut output, mut log) = (String::new(), String::new());
        within("the end of its output", async {
            let reading =
                (self.output.read_to_string(&mut output), self.log.read_to_string(&mut log));
            let (of_output, of_log) = tokio::join!(reading.0, reading.1);
            of_output.and(of_log).expect("text");
        })
        .await;
        (output, log)
    }

    /// Waits until it has ended, and says its exit code.
    pub(crate) async fn ended(&mut self) -> Option<i32> {
        within("the end of the program", self.child.wait()).await.expect("a child").code()
    }
}

/// Where it listens.
pub(crate) fn address(answer: &Value) -> SocketAddr {
    let address = answer["address"].as_str().unwrap_or_else(|| panic!("no address in {answer}"));
    address.parse().expect("an address")
}

/// Speaks to it as a client does, up to its welcome.
pub(crate) async fn welcomed(address: SocketAddr) -> Socket {
    let mut socket = Socket::open_by_way_of(address).await.expect("a socket");
    socket.send(Identity::new().hello()).await;
    assert_eq!(socket.frame().await["action"], "igor.welcome");
    socket
}

/// Waits until this process has ended, whoever its parent is.
pub(crate) async fn gone(process: u64) {
    let waiting = tokio::task::spawn_blocking(move || {
        let Some(mut process) = open(process) else { return };
        // A signal, as that of a child that ended, may come to this thread.
        while let Err(cause) = process.wait() {
            assert_eq!(cause.kind(), io::ErrorKind::Interrupted, "{cause}");
        }
    });
    within("the end of the process", waiting).await.expect("no panic");
}

/// Ends a process that is no child of the test.
///
/// # Panics
///
/// When there is no such process.
pub(crate) async fn end(process: u64) {
    let (command, arguments): (_, &[_]) =
        if cfg!(windows) { ("taskkill", &["/F", "/PID"]) } else { ("kill", &["-KILL"]) };
    let mut command = Command::new(command);
    command.args(arguments).arg(process.to_string()).stdout(Stdio::null());
    let ended = within("its end", command.status()).await.expect("started");
    assert!(ended.success(), "the process {process} is there");
}

/// A process, if it is there.
fn open(process: u64) -> Option<WaitHandle> {
    WaitHandle::open(i32::try_from(process).expect("a process id")).ok()
}
