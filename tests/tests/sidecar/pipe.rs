//! No port at all: the same frames over a Unix socket.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use futures_util::{SinkExt as _, StreamExt as _};
use igor_tests::{Identity, TOKEN, within};
use serde_json::json;
use tokio::net::UnixStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::program::Program;

#[tokio::test]
async fn a_client_speaks_over_a_pipe_with_the_token() {
    let directory = std::env::temp_dir().join(format!("igor-pipe-{}", std::process::id()));
    fs::create_dir_all(&directory).expect("a directory");
    let path = directory.join("igor.sock");
    let (mut program, ready) = Program::told(json!({ "pipe": path })).await;
    assert_eq!((&ready["pipe"], &ready["address"]), (&json!(path), &json!(null)));
    assert_eq!(fs::metadata(&path).expect("it is there").permissions().mode() & 0o777, 0o600);

    let open = async |token: &str| {
        let mut request = "ws://localhost:0/".into_client_request().expect("an address");
        let headers = request.headers_mut();
        headers.insert("sec-websocket-protocol", "igor.1".parse().expect("a header"));
        headers.insert("authorization", format!("Bearer {token}").parse().expect("a header"));
        let stream = UnixStream::connect(&path).await.expect("it listens");
        within("the upgrade", client_async(request, stream)).await
    };
    let refused = open("another-token-than-that").await.map(|_| ()).expect_err("refused");
    assert!(matches!(refused, Error::Http(response) if response.status() == 401));
    let (mut socket, _) = open(TOKEN).await.expect("upgraded");
    let hello = Message::text(Identity::new().hello().to_string());
    socket.send(hello).await.expect("sent");
    let welcome = within("a welcome", socket.next()).await.expect("a message").expect("text");
    assert!(welcome.to_text().expect("text").contains("igor.welcome"));

    program.input = None;
    assert_eq!(program.ended().await, Some(0));
    assert!(!path.exists(), "nothing is left of the pipe");
    let (_, log) = program.rest().await;
    assert!(log.contains(&format!("bound to {}", path.display())), "{log}");
    let _ = fs::remove_dir_all(directory);
}
