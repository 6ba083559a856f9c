//! The program in Node that plays seeds with the real TypeScript client.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use igor_tests::{TOKEN, node};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdout};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::case::Case;
use crate::world::World;

/// Who waits for the lines of which client.
type Routes = Arc<Mutex<HashMap<u64, UnboundedSender<Value>>>>;

/// The program; it ends with its handle.
#[derive(Debug)]
pub(crate) struct Node {
    _child: Child,
    orders: UnboundedSender<String>,
    routes: Routes,
    ids: AtomicU64,
    lag_millis: Arc<AtomicU64>,
}

impl Node {
    /// Starts the program, with a runtime from which a rule may be left out.
    pub(crate) fn start(without_rule: Option<&str>) -> Self {
        let mut child = node("torture/run.mjs")
            .args(without_rule)
            .spawn()
            .unwrap_or_else(|error| panic!("`node` was not started, it takes Node.js 20: {error}"));
        let (mut stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let (routes, lag_millis) = (Routes::default(), Arc::new(AtomicU64::new(0)));
        let stdout = stdout.expect("it is piped");
        tokio::spawn(route(stdout, Arc::clone(&routes), Arc::clone(&lag_millis)));
        let (orders, mut ordered) = unbounded_channel::<String>();
        tokio::spawn(async move {
            while let (Some(order), Some(stdin)) = (ordered.recv().await, &mut stdin) {
                if stdin.write_all(order.as_bytes()).await.is_err() {
                    return;
                }
            }
        });
        Node { _child: child, orders, routes, ids: AtomicU64::new(0), lag_millis }
    }

    /// How late the program was at worst, so far.
    pub(crate) fn lag(&self) -> Duration {
        Duration::from_millis(self.lag_millis.load(Ordering::Relaxed))
    }

    /// Lets a client of a world take its steps; returns what happens to it, line by line.
    pub(crate) fn play(
        &self,
        world: &World,
        contract: &Value,
        index: usize,
        case: &Case,
    ) -> UnboundedReceiver<Value> {
        let id = self.ids.fetch_add(1, Ordering::Relaxed);
        let (tx, rx) = unbounded_channel();
        self.routes.lock().expect("it is never poisoned").insert(id, tx);
        let steps: Vec<Value> = case.steps.iter().filter_map(|step| step.to_json()).collect();
        let order = json!({
            "id": id,
            "url": world.proxies[index].place().url(),
            "aside": world.aside.place().url(),
            "token": TOKEN,
            "contract": contract,
            "nonce": 1_000_000 * index,
            "steps": steps,
        });
        // A program that has ended says so by the end of its lines.
        let _ = self.orders.send(format!("{order}\n"));
        rx
    }
}

/// Hands each line to who waits for it; when the program ends, nobody gets any more.
async fn route(stdout: ChildStdout, routes: Routes, lag_millis: Arc<AtomicU64>) {
    let mut lines = BufReader::new(stdout).lines();
    while let Ok(Some(text)) = lines.next_line().await {
        let line: Value = serde_json::from_str(&text).unwrap_or_default();
        lag_millis.fetch_max(line["lagMs"].as_u64().unwrap_or_default(), Ordering::Relaxed);
        let Some(id) = line["id"].as_u64() else { continue };
        let routes = routes.lock().expect("it is never poisoned");
        if let Some(route) = routes.get(&id) {
            // Who has seen enough does not listen.
            let _ = route.send(line);
        }
    }
    routes.lock().expect("it is never poisoned").clear();
}
