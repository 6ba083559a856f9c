//! socketioxide over axum, as its own examples use it.

use axum::Router;
use axum::serve::ListenerExt as _;
use igor_benches::meter;
use igor_benches::payload::{Count, Row, Say, say};
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, Data, SocketRef};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() {
    let (layer, io) = SocketIo::new_layer();
    io.ns("/", async |socket: SocketRef| {
        socket.on("say", async |Data::<Say>(asked), ack: AckSender| {
            let _ = ack.send(&say(asked));
        });
        socket.on("echo", async |Data::<Vec<Row>>(rows), ack: AckSender| {
            let _ = ack.send(&rows);
        });
        socket.on("count", async |socket: SocketRef, Data::<u32>(count), ack: AckSender| {
            for n in 0..count {
                while socket.emit("item", &Count { n }).is_err() {
                    tokio::task::yield_now().await;
                }
            }
            let _ = ack.send(&());
        });
        socket.on("tell", async |io: SocketIo, Data::<u32>(n), ack: AckSender| {
            let _ = io.emit("counted", &Count { n }).await;
            let _ = ack.send(&());
        });
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    meter::announce(listener.local_addr().expect("an address").port());
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, Router::new().layer(layer)).await.expect("a server");
}
