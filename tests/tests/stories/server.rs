//! A server in a program of its own, which can be told to end, and killed.

use std::process::Stdio;

use igor_tests::{Door, Place, config, contract_of, within};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::client::Client;

/// A server in a program of its own; it is killed with the test.
pub(crate) struct Server {
    child: Child,
    permits: ChildStdin,
    words: Lines<BufReader<ChildStdout>>,
    place: Option<Place>,
}

/// A server behind a door, and a client that has call 1 running there.
pub(crate) async fn first() -> (Door, Server, Client) {
    let door = Door::open().await;
    let mut server = Server::start(&door).await;
    let contract = contract_of(door.place().clone()).await;
    let mut client = Client::start(door.place(), &contract).await;
    client.call("hold", 1).await;
    assert_eq!(server.runs().await, "hold 1");
    (door, server, client)
}

impl Server {
    /// Starts one and has the door lead to it.
    pub(crate) async fn start(door: &Door) -> Self {
        let pipe = config().pipe;
        let mut child = Command::new(env!("CARGO_BIN_EXE_story-server"))
            .arg(door.place().host())
            .args(&pipe)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("it was built");
        let permits = child.stdin.take().expect("it is piped");
        let words = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let mut server = Server { child, permits, words, place: None };
        // The first word is the link to its page.
        let link = server.word().await;
        let address = link.strip_prefix("http://").and_then(|rest| rest.split('/').next());
        let address = address.and_then(|address| address.parse().ok());
        let address = address.unwrap_or_else(|| panic!("no address in `{link}`"));
        let place = pipe.map_or(Place::Port(address), Place::Pipe);
        door.lead_to(Some(place.clone()));
        server.place = Some(place);
        server
    }

    /// Waits for the next word of its calls.
    async fn word(&mut self) -> String {
        within("a word of the server", self.words.next_line()).await.expect("text").expect("a line")
    }

    /// Waits until a call runs; says which.
    pub(crate) async fn runs(&mut self) -> String {
        loop {
            let word = self.word().await;
            if word != "gone" {
                return word;
            }
        }
    }

    /// Lets one call go on.
    pub(crate) async fn allow_one(&mut self) {
        self.permits.write_all(b"\n").await.expect("it reads");
    }

    /// Ends it as a crash does: it can neither say nor finish anything.
    pub(crate) async fn kill(mut self) {
        within("the end of the server", self.child.kill()).await.expect("it is the test's own");
    }

    /// Tells it to end, as a service manager does.
    pub(crate) fn terminate(&self) {
        let id = self.child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        kill_process(id.expect("it runs"), Signal::TERM).expect("it is the test's own");
    }

    /// Waits until it has ended; says whether it ended well.
    pub(crate) async fn ended_well(mut self) -> bool {
        within("the end of the server", self.child.wait()).await.expect("a status").success()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(place) = &self.place {
            place.clear();
        }
    }
}
