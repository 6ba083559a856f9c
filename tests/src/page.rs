//! A client that was welcomed: calls, outputs, results and events.

use std::collections::VecDeque;
use std::time::Instant;

use serde_json::{Value, json};

use crate::within::LONGEST;
use crate::{Identity, Received, Running, Socket, binary};

/// After so many numbered frames the page says what it has received.
const ACK_EVERY: u64 = 16;

/// A page on a socket. It numbers what it sends, checks the numbers of what it receives,
/// acknowledges that, and answers beats.
#[derive(Debug)]
pub struct Page {
    /// The socket, for what a page would not send.
    pub socket: Socket,
    /// The data of the welcome.
    pub welcome: Value,
    /// Everything that was sent with a number.
    sent: Vec<Value>,
    received: u64,
    last_id: i64,
    /// Frames that were not asked for yet, in order.
    kept: VecDeque<Value>,
}

impl Page {
    /// A page of a client that the server does not know.
    pub async fn open(server: &Running) -> Self {
        Page::load(server, &mut Identity::new()).await
    }

    /// A page of a client that chooses a name.
    pub async fn named(server: &Running, name: &str) -> Self {
        Page::load(server, &mut Identity::named(name)).await
    }

    /// The next page of a client, which keeps the new key and says that it has it.
    ///
    /// # Panics
    ///
    /// When the server does not welcome it.
    pub async fn load(server: &Running, identity: &mut Identity) -> Self {
        let mut socket = Socket::open(server).await;
        socket.send(identity.hello()).await;
        let welcome = welcomed(&mut socket, identity).await;
        socket.send(json!({ "ack": 0 })).await;
        Page { socket, welcome, sent: Vec::new(), received: 0, last_id: 0, kept: VecDeque::new() }
    }

    /// Goes on over another socket, and sends again what the server lacks; returns the socket
    /// before, which is open still.
    ///
    /// # Panics
    ///
    /// When the server does not let it go on.
    pub async fn resume(&mut self, server: &Running, identity: &mut Identity) -> Socket {
        let mut socket = Socket::open(server).await;
        socket.send(identity.hello_to_resume(self.received)).await;
        self.welcome = welcomed(&mut socket, identity).await;
        assert_eq!(self.welcome["resumed"], true, "{}", self.welcome);
        let before = std::mem::replace(&mut self.socket, socket);
        self.acknowledge().await;
        let received = self.welcome["received"].as_u64().unwrap_or_default();
        for frame in &self.sent[received as usize..] {
            self.socket.send(frame).await;
        }
        before
    }

    /// The client's id.
    pub fn client_id(&self) -> &str {
        self.welcome["clientId"].as_str().unwrap_or_default()
    }

    /// Sends a frame under the next number, with an acknowledgement.
    pub async fn send(&mut self, mut frame: Value) {
        frame["n"] = json!(self.sent.len() + 1);
        frame["ack"] = json!(self.received);
        self.sent.push(frame.clone());
        self.socket.send(frame).await;
    }

    /// Calls an action by a binary frame with these bytes behind its JSON; returns the id of the
    /// call.
    pub async fn call_binary(&mut self, action: &str, data: Value, behind: &[&[u8]]) -> i64 {
        self.last_id += 1;
        let frame = json!({ "streamId": self.last_id, "action": action, "data": data });
        self.send_binary(frame, behind).await;
        self.last_id
    }

    /// Sends a binary frame under the next number, with these bytes behind its JSON.
    pub async fn send_binary(&mut self, mut frame: Value, behind: &[&[u8]]) {
        frame["n"] = json!(self.sent.len() + 1);
        frame["ack"] = json!(self.received);
        frame["bin"] = behind.iter().map(|bytes| bytes.len()).collect();
        self.socket.send_message(binary(&frame, &behind.concat())).await;
        self.sent.push(frame);
    }

    /// Calls an action; returns the id of the call.
    pub async fn call(&mut self, action: &str, data: Value) -> i64 {
        self.call_with(action, json!({ "data": data })).await
    }

    /// Calls an action with these members in the frame.
    pub async fn call_with(&mut self, action: &str, mut frame: Value) -> i64 {
        self.last_id += 1;
        frame["streamId"] = json!(self.last_id);
        frame["action"] = json!(action);
        self.send(frame).await;
        self.last_id
    }

    /// Calls an action and waits for the last frame of the call; see [`last`](Page::last).
    pub async fn ask(&mut self, action: &str, data: Value) -> Value {
        let id = self.call(action, data).await;
        self.last(id).await
    }

    /// Waits for the last frame of a call, as it is but for its numbers; outputs are skipped.
    pub async fn last(&mut self, id: i64) -> Value {
        self.all(id).await.pop().unwrap_or_default()
    }

    /// Waits for all frames of a call, without their numbers.
    pub async fn all(&mut self, id: i64) -> Vec<Value> {
        let mut frames = Vec::new();
        loop {
            let frame = self.of_call(id).await;
            let is_last = frame["close"] == true;
            frames.push(frame);
            if is_last {
                return frames;
            }
        }
    }

    /// Waits for the next frame of a call, without its numbers.
    pub async fn of_call(&mut self, id: i64) -> Value {
        let mut frame = self.find(|frame| frame["streamId"] == id).await;
        if let Some(members) = frame.as_object_mut() {
            members.remove("streamId");
        }
        frame
    }

    /// Waits for the next event of this name, without its numbers.
    pub async fn event(&mut self, name: &str) -> Value {
        self.find(|frame| frame["action"] == name).await
    }

    /// Waits for the next error that belongs to no stream.
    pub async fn loose_error(&mut self) -> Value {
        self.find(|frame| frame.get("streamId").is_none() && frame.get("error").is_some()).await
    }

    /// Whether no frame like this came before an answer of the server to something that was
    /// called after everything else.
    pub async fn has_none(&mut self, is_it: impl Fn(&Value) -> bool) -> bool {
        let marker = self.call("igor.none", Value::Null).await;
        self.last(marker).await;
        !self.kept.iter().any(is_it)
    }

    /// Waits for the first frame that fits; others are kept.
    pub async fn find(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        if let Some(index) = self.kept.iter().position(&is_it) {
            return self.kept.remove(index).unwrap_or_default();
        }
        loop {
            let frame = self.next().await;
            if is_it(&frame) {
                return frame;
            }
            self.kept.push_back(frame);
        }
    }

    /// Waits for the next frame that is more than an acknowledgement.
    async fn next(&mut self) -> Value {
        // The socket bounds the wait for each message, and a server that says nothing else beats.
        let begun = Instant::now();
        loop {
            assert!(begun.elapsed() < LONGEST, "waited in vain for a frame; kept: {:?}", self.kept);
            let mut frame = self.socket.frame().await;
            if frame.get("beat").is_some() {
                self.acknowledge().await;
            }
            let Some(members) = frame.as_object_mut() else { return frame };
            members.remove("ack");
            members.remove("beat");
            if let Some(n) = members.remove("n") {
                self.received += 1;
                assert_eq!(n, self.received, "a number is missing or comes twice");
                if self.received.is_multiple_of(ACK_EVERY) {
                    self.acknowledge().await;
                }
            }
            if frame.as_object().is_some_and(|members| !members.is_empty()) {
                return frame;
            }
        }
    }

    /// Takes what comes until the socket ends; says how many numbered frames there were.
    ///
    /// # Panics
    ///
    /// When a frame comes that is not JSON, or a number is missing.
    pub async fn read_to_end(&mut self) -> u64 {
        let before = self.received;
        while let Received::Text(text) = self.socket.next().await {
            let frame: Value = serde_json::from_str(&text).expect("a frame");
            if let Some(n) = frame.get("n") {
                self.received += 1;
                assert_eq!(*n, self.received, "a number is missing or comes twice");
            }
        }
        self.received - before
    }

    /// Says how much was received.
    pub async fn acknowledge(&mut self) {
        self.socket.send(json!({ "ack": self.received })).await;
    }
}

/// Waits for the welcome and keeps the new key; returns its data.
async fn welcomed(socket: &mut Socket, identity: &mut Identity) -> Value {
    let welcome = socket.frame().await;
    assert_eq!(welcome["action"], "igor.welcome");
    let key = welcome["data"]["key"].as_str();
    identity.key = key.unwrap_or_else(|| panic!("not welcome: {welcome}")).to_owned();
    welcome["data"].clone()
}
