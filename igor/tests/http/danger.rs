//! What is dangerous is said when a server starts, and what is not is not.

use igor::{Config, Server, Token};

use crate::log::Log;
use crate::program::{config, registry};

/// The dangers that are logged by a server of this configuration.
async fn dangers(config: Config) -> Vec<String> {
    let (log, _guard) = Log::keep();
    Server::new(config).registry(registry()).bind().await.expect("bound");
    let text = log.text();
    let warnings = text.lines().filter(|line| line.contains("WARN") && line.contains("danger="));
    warnings.map(|line| line.split_once("danger=").expect("it is there").1.to_owned()).collect()
}

#[tokio::test]
async fn every_dangerous_switch_is_logged_at_start() {
    assert_eq!(dangers(config()).await, Vec::<String>::new());
    let said = dangers(Config {
        address: ([0, 0, 0, 0], 0).into(),
        dangerously_without_tls: true,
        token: Token::dangerously_without_token(),
        allowed_origins: vec!["null".to_owned()],
        ..config()
    });
    let said = said.await;
    for danger in ["`dangerously_without_tls`", "`dangerously_without_token`", "origin `null`"] {
        assert!(said.iter().any(|said| said.starts_with(danger)), "{danger} in {said:?}");
    }
}

#[tokio::test]
async fn a_server_that_finds_out_itself_who_its_clients_are_needs_no_token() {
    let (log, _guard) = Log::keep();
    let config = Config { token: Token::dangerously_without_token(), ..config() };
    let server = Server::new(config).registry(registry()).authorize(|_| async { Ok(()) });
    server.bind().await.expect("bound");
    assert!(!log.text().contains("danger="), "{}", log.text());
}
