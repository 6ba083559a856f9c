//! A greeting over a WebSocket, by hand.

use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::routing::get;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Request {
    id: u64,
    action: String,
    data: String,
}

#[derive(Serialize)]
struct Reply {
    id: u64,
    data: String,
}

/// Greets somebody.
fn hello(name: String) -> String {
    format!("Hello, {name}!")
}

async fn serve(mut socket: WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        let Message::Text(text) = message else { continue };
        let Ok(Request { id, action, data }) = serde_json::from_str(&text) else { continue };
        if action == "hello" {
            let Ok(reply) = serde_json::to_string(&Reply { id, data: hello(data) }) else { return };
            if socket.send(Message::text(reply)).await.is_err() {
                return;
            }
        }
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let app =
        Router::new().route("/", get(async |upgrade: WebSocketUpgrade| upgrade.on_upgrade(serve)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}/", listener.local_addr()?);
    axum::serve(listener, app).await
}
