//! A greeting over a WebSocket, by igor.

/// Greets somebody.
#[igor::action("hello")]
async fn hello(name: String) -> String {
    format!("Hello, {name}!")
}

#[tokio::main]
async fn main() -> igor::Result<()> {
    let config = igor::Config { address: ([127, 0, 0, 1], 0).into(), ..Default::default() };
    igor::Server::new(config).page(igor::Page::directory("ui")).serve().await
}
