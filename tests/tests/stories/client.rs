//! A real client in a program of its own, which can be stopped and go on.

use std::collections::VecDeque;

use igor_tests::{Place, TOKEN, node, within};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout};

/// The program; it is killed with the test.
pub(crate) struct Client {
    child: Child,
    orders: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    /// Lines that were not asked for yet, in order.
    kept: VecDeque<Value>,
}

impl Client {
    /// Starts it and waits until it is connected.
    pub(crate) async fn start(server: &Place, contract: &Value) -> Self {
        let mut child = node("stories/client.mjs")
            .args([&server.url(), TOKEN, &contract.to_string()])
            .spawn()
            .unwrap_or_else(|error| panic!("`node` was not started, it takes Node.js 20: {error}"));
        let orders = child.stdin.take().expect("it is piped");
        let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let mut client = Client { child, orders, lines, kept: VecDeque::new() };
        client.find(|line| line["status"] == "open").await;
        client
    }

    /// Has it make a call.
    pub(crate) async fn call(&mut self, verb: &str, nonce: u32) {
        let order = format!("{}\n", json!({ "verb": verb, "nonce": nonce }));
        self.orders.write_all(order.as_bytes()).await.expect("it reads");
    }

    /// Waits for what became of a call.
    pub(crate) async fn ended(&mut self, nonce: u32) -> Value {
        self.find(|line| line["call"] == nonce).await
    }

    /// Waits for the first line that fits; others are kept.
    pub(crate) async fn find(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        if let Some(index) = self.kept.iter().position(&is_it) {
            return self.kept.remove(index).unwrap_or_default();
        }
        loop {
            let line = within("a line of the client", self.lines.next_line()).await;
            let line = line.expect("text").expect("it runs");
            let line = serde_json::from_str(&line).expect("JSON");
            if is_it(&line) {
                return line;
            }
            self.kept.push_back(line);
        }
    }

    /// Whether it has said that it lost its session.
    pub(crate) fn has_lost(&self) -> bool {
        self.kept.iter().any(|line| line.get("lost").is_some())
    }

    /// Takes the processor from it, as a machine that sleeps does.
    pub(crate) fn stop(&self) {
        self.signal(Signal::STOP);
    }

    pub(crate) fn go_on(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let id = self.child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        kill_process(id.expect("it runs"), signal).expect("it is the test's own");
    }
}
