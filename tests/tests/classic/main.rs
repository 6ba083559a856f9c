//! The classic dialect: clients of the ancestor, which know nothing of numbers, credit or sessions.

mod ancestor;
mod bounds;
mod frames;
mod names;
mod python;
mod values;

use igor::{Client, Config, Hub, Output, ProcessContext, Registry, Scope, Server, Session, Token};
use igor_tests::{Bench, Heard, Running, Socket, config};
use serde_json::{Value, json};

#[igor::data]
struct Greeting {
    name: String,
}

/// What the ancestor's manual begins with: its data is an object.
#[igor::action("hello")]
fn hello(data: Greeting, visits: Session<u32>) -> String {
    visits.write(|visits| *visits += 1);
    format!("Hello {}", data.name)
}

#[igor::action("visits")]
fn visits(visits: Session<u32>) -> u32 {
    visits.cloned()
}

/// Sends several outputs, and returns nothing.
#[igor::action("count")]
async fn count(to: u32, output: Output<u32>) -> igor::Result<()> {
    for number in 1..=to {
        output.send(number).await?;
    }
    Ok(())
}

#[igor::data]
#[derive(Debug, thiserror::Error)]
#[error("there is no `{name}`")]
struct Missing {
    name: String,
}

#[igor::action("fail")]
async fn fail(name: String, output: Output<u32>) -> Result<u32, Missing> {
    let _ = output.send(1).await;
    Err(Missing { name })
}

/// Waits for a permit, and tells when it is dropped.
#[igor::action("hold")]
async fn hold(bench: Scope<Bench>) -> String {
    let _guard = bench.guard("dropped");
    bench.tell("running");
    bench.permit().await;
    "held".to_owned()
}

#[igor::action("who")]
fn who(client: Client) -> String {
    client.id().to_string()
}

#[igor::event("said")]
struct Said {
    text: String,
}

#[igor::action("enter")]
fn enter(room: String, client: Client) {
    client.join(&room);
}

#[igor::action("say")]
fn say(room: String, text: String, hub: Hub) {
    hub.room(room).send(&Said { text });
}

#[igor::event("ticked")]
struct Ticked {
    count: u32,
}

#[igor::event("whispered")]
struct Whispered;

/// Ticks for every permit, and whispers to `anna` with each tick.
#[igor::process("clock")]
#[derive(Default)]
struct Clock;

impl igor::Process for Clock {
    async fn run(&mut self, cx: &ProcessContext) -> igor::Result<()> {
        let bench: Scope<Bench> = cx.scope()?;
        for count in 1.. {
            bench.permit().await;
            cx.hub().client(&"anna".into()).send(&Whispered);
            cx.hub().all().send(&Ticked { count });
        }
        Ok(())
    }
}

fn registry() -> Registry {
    Registry::new()
        .action::<hello>()
        .action::<visits>()
        .action::<count>()
        .action::<fail>()
        .action::<hold>()
        .action::<who>()
        .action::<enter>()
        .action::<say>()
}

/// What an operator says who wants clients of the ancestor.
fn without_token() -> Config {
    Config { token: Token::dangerously_without_token(), ..config() }
}

struct Test {
    server: Running,
    bench: Bench,
    heard: Heard,
}

async fn serving() -> Test {
    serving_by(without_token(), registry()).await
}

async fn serving_by(config: Config, registry: Registry) -> Test {
    let (bench, heard) = Bench::new();
    let server = Server::new(config).registry(registry).scope(bench.clone());
    Test { server: Running::start(server).await, bench, heard }
}

/// A classic client that says what it is told to say.
struct Classic(Socket);

impl Classic {
    async fn open(server: &Running) -> Self {
        let opened = Socket::open_classic(server, None, None).await;
        Classic(opened.unwrap_or_else(|refused| panic!("{refused:?}")))
    }

    /// One that has said its name.
    async fn named(server: &Running, name: &str) -> Self {
        let mut client = Classic::open(server).await;
        assert_eq!(client.introduce(name).await, [json!({ "streamId": 0, "close": true })]);
        client
    }

    async fn send(&mut self, message: Value) {
        self.0.send(message).await;
    }

    async fn introduce(&mut self, name: &str) -> Vec<Value> {
        self.call(json!(0), "introduce_self", json!({ "client_id": name })).await
    }

    /// Calls an action, and waits for all frames of the call.
    async fn call(&mut self, id: Value, action: &str, data: Value) -> Vec<Value> {
        self.send(json!({ "streamId": id, "action": action, "data": data })).await;
        self.all(&id).await
    }

    /// The data of a call that sends one and no error.
    async fn ask(&mut self, action: &str, data: Value) -> Value {
        let mut frames = self.call(json!("ask"), action, data).await;
        assert_eq!(frames.len(), 2, "{frames:?}");
        frames[0]["data"].take()
    }

    /// The error that a call ends by.
    async fn refusal(&mut self, action: &str, data: Value) -> String {
        let frames = self.call(json!("refused"), action, data).await;
        let error = frames.iter().find_map(|frame| frame["error"].as_str());
        error.unwrap_or_else(|| panic!("no error: {frames:?}")).to_owned()
    }

    /// Waits for all frames of a stream, to its close; nothing else may come between.
    async fn all(&mut self, id: &Value) -> Vec<Value> {
        let mut frames = Vec::new();
        loop {
            let frame = self.next().await;
            assert_eq!(frame["streamId"], *id, "{frame}");
            let is_last = frame["close"] == true;
            frames.push(frame);
            if is_last {
                return frames;
            }
        }
    }

    async fn next(&mut self) -> Value {
        self.0.frame().await
    }
}
