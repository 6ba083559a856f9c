//! An independent client: Python's `websocket-client`, in a program of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use igor_tests::{Running, within};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout};

/// Where the program and what it needs are told.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/classic");

/// A Python that has what the program needs, made once for each version of its requirements.
static PYTHON: LazyLock<PathBuf> = LazyLock::new(|| {
    let requirements = Path::new(FOLDER).join("requirements.txt");
    let pinned = std::fs::read_to_string(&requirements).expect("requirements");
    let pin = pinned.split_whitespace().next().expect("a package").replace("==", "-");
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("python-{pin}"));
    let python = python_of(&place);
    if !has_library(&python) {
        // Made aside and put in place as a whole, so that nobody finds half of it.
        let draft = place.with_file_name(format!("python-draft-{}", std::process::id()));
        let system = if cfg!(windows) { "python" } else { "python3" };
        run(Command::new(system).args(["-m", "venv"]).arg(&draft));
        run(Command::new(python_of(&draft))
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args(["--no-deps", "--require-hashes", "--requirement"])
            .arg(&requirements));
        if !has_library(&python) {
            // One that was made for a Python that is gone is in the way.
            let _ = std::fs::remove_dir_all(&place);
        }
        if std::fs::rename(&draft, &place).is_err() {
            // Another run of these tests was faster.
            let _ = std::fs::remove_dir_all(&draft);
        }
    }
    python
});

/// The interpreter of a virtual environment.
fn python_of(environment: &Path) -> PathBuf {
    environment.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" })
}

/// Whether this is a Python that has what the program needs.
fn has_library(python: &Path) -> bool {
    let mut command = Command::new(python);
    command.args(["-c", "import websocket"]).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "the tests of the classic dialect need Python 3 with `venv` (on Debian the package \
         python3-venv) and once a network, but {command:?} said:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
}

/// A client of the ancestor's kind; it is killed with its handle.
pub(crate) struct Python {
    child: Child,
    /// `None` once it was told to close.
    input: Option<ChildStdin>,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Python {
    /// Connects without a token.
    pub(crate) async fn open(server: &Running) -> Self {
        let mut client = Python::start(server, None);
        assert_eq!(client.line().await, json!({ "subprotocol": null }));
        client
    }

    /// One that has said its name.
    pub(crate) async fn named(server: &Running, name: &str) -> Self {
        let mut client = Python::open(server).await;
        client.send(&introduction(name)).await;
        assert_eq!(client.received().await, json!({ "streamId": "me", "close": true }));
        client
    }

    /// Starts it, with a token or without.
    pub(crate) fn start(server: &Running, token: Option<&str>) -> Self {
        let mut child = tokio::process::Command::new(&*PYTHON)
            .arg(Path::new(FOLDER).join("client.py"))
            .arg(format!("ws://{}/", server.handle().address()))
            .args(token)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("started");
        let input = child.stdin.take();
        let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        Python { child, input, lines }
    }

    /// Has it send a message.
    pub(crate) async fn send(&mut self, message: &Value) {
        self.send_text(&message.to_string()).await;
    }

    /// Has it send a text, which may be no message.
    pub(crate) async fn send_text(&mut self, text: &str) {
        let input = self.input.as_mut().expect("it was not told to close");
        input.write_all(format!("{text}\n").as_bytes()).await.expect("it reads");
    }

    /// Waits for the next message that it receives.
    pub(crate) async fn received(&mut self) -> Value {
        let line = self.line().await;
        let text = line["received"].as_str().unwrap_or_else(|| panic!("no message: {line}"));
        serde_json::from_str(text).expect("JSON")
    }

    /// Waits for its next messages, so many.
    pub(crate) async fn all<const COUNT: usize>(&mut self) -> [Value; COUNT] {
        let mut messages = [const { Value::Null }; COUNT];
        for message in &mut messages {
            *message = self.received().await;
        }
        messages
    }

    /// Has it close its socket, and waits until that is done.
    pub(crate) async fn close(mut self) {
        self.input = None;
        within("its end", self.child.wait()).await.expect("a child");
    }

    /// Ends it in the middle of whatever it does.
    pub(crate) async fn kill(mut self) {
        within("its end", self.child.kill()).await.expect("a child");
    }

    /// Waits for the next thing that it tells.
    pub(crate) async fn line(&mut self) -> Value {
        let line = within("a line of the client", self.lines.next_line()).await;
        let line = line.expect("text").expect("it runs");
        serde_json::from_str(&line).expect("JSON")
    }
}

/// What a client says to be called so.
pub(crate) fn introduction(name: &str) -> Value {
    json!({ "streamId": "me", "action": "introduce_self", "data": { "client_id": name } })
}
