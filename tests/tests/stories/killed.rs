//! A server that is killed while it has calls, and the one that follows it.

use std::process::Stdio;

use igor_tests::{Door, contract_of, within};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::client::Client;

/// A server in a program of its own; it is killed with the test.
struct Server {
    child: Child,
    permits: ChildStdin,
    words: Lines<BufReader<ChildStdout>>,
}

impl Server {
    /// Starts one and has the door lead to it.
    async fn start(door: &Door) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_story-server"))
            .arg(door.address().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("it was built");
        let permits = child.stdin.take().expect("it is piped");
        let words = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let mut server = Server { child, permits, words };
        door.lead_to(Some(server.word().await.parse().expect("an address")));
        server
    }

    /// Waits for the next word of its calls.
    async fn word(&mut self) -> String {
        within("a word of the server", self.words.next_line()).await.expect("text").expect("a line")
    }

    /// Waits until a call runs; says which.
    async fn runs(&mut self) -> String {
        loop {
            let word = self.word().await;
            if word != "gone" {
                return word;
            }
        }
    }

    /// Lets one call go on.
    async fn allow_one(&mut self) {
        self.permits.write_all(b"\n").await.expect("it reads");
    }

    /// Ends it as a crash does: it can neither say nor finish anything.
    async fn kill(mut self) {
        within("the end of the server", self.child.kill()).await.expect("it is the test's own");
    }
}

#[tokio::test]
async fn of_a_server_that_is_killed_every_call_is_answered_honestly() {
    let mut door = Door::open().await;
    let mut first = Server::start(&door).await;
    let contract = contract_of(door.address()).await;
    let mut client = Client::start(door.address(), &contract).await;
    client.call("hold", 1).await;
    assert_eq!(first.runs().await, "hold 1");
    client.call("again", 2).await;
    assert_eq!(first.runs().await, "again 2");

    door.lead_to(None);
    let ended = door.seen().ended;
    first.kill().await;
    door.until("the end of the socket", |seen| seen.ended > ended).await;
    client.find(|line| line["status"] == "resuming").await;
    client.call("hold", 3).await;

    let mut second = Server::start(&door).await;
    // Nobody can know what became of a call that was sent; it is not run a second time.
    let lost = client.ended(1).await;
    assert_eq!((&lost["code"], &lost["executed"]), (&json!("session_lost"), &json!("unknown")));
    client.find(|line| line.get("lost").is_some()).await;
    assert!(!client.has_lost(), "it is told once");
    // One that may run twice does, and one that was only queued runs here for the first time.
    for (running, nonce) in [("again 2", 2), ("hold 3", 3)] {
        assert_eq!(second.runs().await, running);
        second.allow_one().await;
        assert_eq!(client.ended(nonce).await["value"], nonce);
    }
    // Behind them comes nothing but what is called now.
    client.call("hold", 4).await;
    assert_eq!(second.runs().await, "hold 4");
}
