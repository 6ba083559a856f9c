//! What a client keeps from one socket to the next.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

/// The session and its key, the page, and the number of the last socket.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The session's id.
    pub session: String,
    /// The key that it is held by.
    pub key: String,
    /// The page that is loaded.
    pub page: String,
    /// Counts sockets.
    pub attempt: u64,
    /// The name that the client chose.
    pub name: Option<String>,
    /// The hash of the contract that it was made from.
    pub contract: String,
    /// Bytes that it says it keeps until they are acknowledged.
    pub ring: usize,
}

impl Identity {
    /// A client that no server knows.
    pub fn new() -> Self {
        Identity {
            session: unique("session"),
            key: unique("key"),
            page: unique("page"),
            attempt: 0,
            name: None,
            contract: "none".into(),
            ring: 1 << 20,
        }
    }

    /// A client that no server knows, which chooses a name.
    pub fn named(name: &str) -> Self {
        Identity { name: Some(name.into()), ..Identity::new() }
    }

    /// The hello of the next socket, on a page that was just loaded.
    pub fn hello(&mut self) -> Value {
        self.attempt += 1;
        self.page = unique("page");
        self.hello_again()
    }

    /// The hello of the next socket of the same page, which has received so much.
    pub fn hello_to_resume(&mut self, received: u64) -> Value {
        self.attempt += 1;
        let mut hello = self.hello_again();
        hello["data"]["resume"] = json!({ "received": received, "have": 1 });
        hello
    }

    /// The same hello as the last.
    pub fn hello_again(&self) -> Value {
        let Identity { session, key, page, attempt, name, contract, ring } = self;
        let mut data = json!({
            "session": session, "key": key, "page": page, "attempt": attempt,
            "contract": contract, "ring": ring,
        });
        if let Some(name) = name {
            data["name"] = json!(name);
        }
        json!({ "action": "igor.hello", "data": data })
    }
}

impl Default for Identity {
    fn default() -> Self {
        Identity::new()
    }
}

/// As good as random for telling clients of one program from each other.
fn unique(what: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    format!("{what}-{:032}", COUNT.fetch_add(1, Ordering::Relaxed))
}
