//! Igor as its user would write it; with a path as its argument it writes its client there.

use std::time::Duration;

use futures_util::stream::{self, Stream};
use igor::{Client, Config, Hub, Output, Result, Server};
use igor_benches::meter;

#[igor::data]
struct Line {
    who: String,
    text: String,
}

#[igor::data]
struct Row {
    id: u32,
    name: String,
    value: f64,
    tags: Vec<String>,
}

#[igor::data]
struct Count {
    n: u32,
}

/// An event of which all clients hear.
#[igor::event("counted")]
struct Counted {
    n: u32,
}

#[igor::action("say")]
async fn say(room: String, text: String) -> Line {
    Line { who: room, text }
}

#[igor::action("echo")]
async fn echo(rows: Vec<Row>) -> Vec<Row> {
    rows
}

#[igor::action("count")]
fn count(count: u32) -> impl Stream<Item = Count> {
    stream::iter((0..count).map(|n| Count { n }))
}

#[igor::action("report")]
async fn report(count: u32, output: Output<Count>) -> Result<()> {
    for n in 0..count {
        output.send(Count { n }).await?;
    }
    Ok(())
}

#[igor::action("tell")]
async fn tell(n: u32, hub: Hub) {
    hub.all().send(&Counted { n });
}

/// Tells so many events, one behind the other.
#[igor::action("tell_many")]
async fn tell_many(count: u32, hub: Hub) {
    for n in 0..count {
        hub.all().send(&Counted { n });
    }
}

#[igor::action("enter")]
async fn enter(rooms: u32, client: Client) {
    for n in 0..rooms {
        client.join(&format!("room {n}"));
    }
}

#[igor::action("tell_room")]
async fn tell_room(n: u32, hub: Hub) {
    hub.room("room 0").send(&Counted { n });
}

#[igor::action("wait")]
async fn wait() {
    std::future::pending().await
}

#[tokio::main]
async fn main() -> Result<()> {
    if let Some(path) = std::env::args().nth(1) {
        return igor::emit::client(path);
    }
    let mut config = Config { address: ([127, 0, 0, 1], 0).into(), ..Config::default() };
    config.token = igor::Token::given("a-token-for-benches-only");
    config.connection.beat = Duration::from_secs(60);
    config.session.clients = 20_000;
    let bound = Server::new(config).bind().await?;
    meter::announce(bound.address().port());
    bound.run_until(std::future::pending()).await
}
