//! The least that an event to many clients can cost: one buffer, one write to each socket.

use std::sync::{Arc, Mutex};

use futures_util::StreamExt as _;
use igor_benches::meter;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::{WebSocketStream, tungstenite};

type Sockets = Arc<Mutex<Vec<OwnedWriteHalf>>>;

#[tokio::main]
async fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    meter::announce(listener.local_addr().expect("an address").port());
    let sockets = Sockets::default();
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(stream, sockets.clone()));
    }
}

/// Answers the upgrade, and with each message that comes writes one frame to every socket.
async fn serve(mut stream: TcpStream, sockets: Sockets) {
    let _ = stream.set_nodelay(true);
    if upgrade(&mut stream).await.is_none() {
        return;
    }
    let (reader, writer) = stream.into_split();
    sockets.lock().expect("no panic").push(writer);
    let io = tokio::io::join(reader, tokio::io::sink());
    let config = tungstenite::protocol::WebSocketConfig::default().read_buffer_size(4 << 10);
    let mut socket = WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await;
    let mut n = 0;
    while let Some(Ok(_)) = socket.next().await {
        n += 1;
        let text = format!(r#"{{"n":{n},"action":"counted","data":{{"n":{n}}}}}"#);
        let mut frame = vec![0x81, u8::try_from(text.len()).expect("a short frame")];
        frame.extend_from_slice(text.as_bytes());
        for socket in sockets.lock().expect("no panic").iter() {
            let _ = socket.try_write(&frame);
        }
    }
}

async fn upgrade(stream: &mut TcpStream) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_buf(&mut head).await.ok().filter(|&count| count > 0)?;
    }
    let head = String::from_utf8(head).ok()?;
    let key = head.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "))?;
    let accept = derive_accept_key(key.as_bytes());
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    stream.write_all(answer.as_bytes()).await.ok()
}
