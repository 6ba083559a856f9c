//! The loop that people write by hand: a task a socket, serde_json, one send a reply.

use futures_util::{SinkExt as _, StreamExt as _};
use igor_benches::meter;
use igor_benches::payload::{Count, Row, say};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;

#[derive(Deserialize)]
struct Request<'a> {
    id: u64,
    action: &'a str,
    #[serde(borrow)]
    data: &'a RawValue,
}

#[derive(Serialize)]
struct Reply<T> {
    id: u64,
    data: T,
}

#[derive(Serialize)]
struct Event<T> {
    action: &'static str,
    data: T,
}

#[tokio::main]
async fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    meter::announce(listener.local_addr().expect("an address").port());
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(stream));
    }
}

async fn serve(stream: TcpStream) {
    let _ = stream.set_nodelay(true);
    let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else { return };
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else { continue };
        let Ok(Request { id, action, data }) = serde_json::from_str(&text) else { continue };
        let sent = match action {
            "say" => socket.send(reply(id, say(read(data)))).await,
            "echo" => socket.send(reply(id, read::<Vec<Row>>(data))).await,
            "count" => {
                for n in 0..read(data) {
                    if socket.feed(reply(id, Count { n })).await.is_err() {
                        return;
                    }
                }
                socket.send(reply(id, ())).await
            }
            "tell_many" => {
                for n in 0..read(data) {
                    if socket.feed(event(n)).await.is_err() {
                        return;
                    }
                }
                socket.send(reply(id, ())).await
            }
            _ => continue,
        };
        if sent.is_err() {
            return;
        }
    }
}

fn read<T: DeserializeOwned>(data: &RawValue) -> T {
    serde_json::from_str(data.get()).expect("the driver sends what fits")
}

fn reply<T: Serialize>(id: u64, data: T) -> Message {
    Message::text(serde_json::to_string(&Reply { id, data }).expect("plain data"))
}

fn event(n: u32) -> Message {
    let event = Event { action: "counted", data: Count { n } };
    Message::text(serde_json::to_string(&event).expect("plain data"))
}
