//! A server that encrypts, with the certificate in `fixtures/tls`, which vouches for itself.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use igor::{Config, Registry, Server, Tls};
use igor_tests::{Identity, Raw, Running, TOKEN, config, within};
use serde_json::json;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// More than the kernel takes at once.
const LARGE: usize = 3 << 20;

#[igor::action("tls.large")]
fn large() -> String {
    "x".repeat(LARGE)
}

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/tls").join(name)
}

fn encrypting() -> Config {
    let tls = Tls { certificates: fixture("certificate.pem"), key: fixture("key.pem") };
    // At a port, whatever tests speak over: of a pipe nobody is on the way.
    Config { tls: Some(tls), pipe: None, ..config() }
}

async fn serve(config: Config) -> Running {
    Running::start(server(config)).await
}

fn server(config: Config) -> Server {
    Server::new(config).registry(Registry::new().action::<large>())
}

/// A connection that trusts the fixture and nothing else.
async fn connect(server: &Running) -> Raw<TlsStream<TcpStream>> {
    let mut trusted = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_file(fixture("certificate.pem")).expect("a file");
    trusted.add(certificate).expect("a certificate");
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(trusted)
        .with_no_client_auth();
    let socket = TcpStream::connect(server.handle().address()).await.expect("it listens");
    let name = "localhost".try_into().expect("a name");
    let connecting = TlsConnector::from(Arc::new(config)).connect(name, socket);
    Raw::over(within("an agreement", connecting).await.expect("encrypted"))
}

fn headers(server: &Running, scheme: &str) -> Vec<(&'static str, String)> {
    let port = server.handle().address().port();
    vec![
        ("Host", format!("localhost:{port}")),
        ("Origin", format!("{scheme}://localhost:{port}")),
        ("Sec-WebSocket-Protocol", "igor.1".to_owned()),
        ("Authorization", format!("Bearer {TOKEN}")),
    ]
}

#[tokio::test]
async fn a_page_that_came_encrypted_is_let_in_and_one_in_the_clear_is_not() {
    let server = serve(encrypting()).await;
    let mut raw = connect(&server).await;
    raw.shake_hands("/", &headers(&server, "https")).await;
    assert!(raw.head().await.starts_with("HTTP/1.1 101 "));
    raw.say_hello(&mut Identity::new()).await;
    let (_, welcome) = raw.frame().await.expect("a welcome");
    assert!(welcome.starts_with(br#"{"action":"igor.welcome","data":"#));

    let mut raw = connect(&server).await;
    raw.shake_hands("/", &headers(&server, "http")).await;
    assert!(raw.head().await.starts_with("HTTP/1.1 403 "));
    server.stop().await;
}

#[tokio::test]
async fn what_the_kernel_does_not_take_at_once_arrives_encrypted_too() {
    let mut config = encrypting();
    config.wire.message_bytes = LARGE + 1024;
    config.wire.client_bytes = 4 * LARGE;
    let server = serve(config).await;
    let mut raw = connect(&server).await;
    raw.shake_hands("/", &headers(&server, "https")).await;
    raw.head().await;
    raw.say_hello(&mut Identity::new()).await;
    let call = json!({ "n": 1, "streamId": 1, "action": "tls.large" }).to_string();
    raw.send(true, 1, call.as_bytes()).await;
    raw.frame().await.expect("a welcome");
    let reply = loop {
        let (_, text) = raw.frame().await.expect("a reply");
        if text.len() > 1024 {
            break text;
        }
    };
    assert!(reply.ends_with(br#"x","close":true}"#) && reply.len() > LARGE);
    server.stop().await;
}

#[tokio::test]
async fn its_link_says_https() {
    let server = server(encrypting()).bind().await.expect("bound");
    let start = format!("https://{}/#igor=", server.address());
    assert!(server.link().starts_with(&start), "{}", server.link());
}

#[tokio::test]
async fn who_speaks_in_the_clear_gets_no_answer() {
    let server = serve(encrypting()).await;
    let mut raw = Raw::connect(&server).await;
    raw.shake_hands("/", &headers(&server, "https")).await;
    let answer = raw.rest().await;
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    server.stop().await;
}

#[tokio::test]
async fn who_agrees_to_nothing_is_not_waited_for() {
    let mut config = encrypting();
    config.gate.handshake = Duration::from_millis(100);
    let server = serve(config).await;
    for begun in [&b""[..], b"\x16\x03\x01\x02\x00\x01"] {
        let mut raw = Raw::connect(&server).await;
        raw.write(begun).await;
        raw.rest().await;
    }
    server.stop().await;
}

#[tokio::test]
async fn files_that_cannot_be_used_are_named() {
    let refused = |certificates: &str, key: &str| {
        let tls = Some(Tls { certificates: fixture(certificates), key: fixture(key) });
        let server = server(Config { tls, ..config() });
        async { server.bind().await.expect_err("refused").message().to_owned() }
    };
    for (certificates, key, text) in [
        ("missing.pem", "key.pem", "could not read the certificates in `"),
        ("key.pem", "key.pem", "could not read the certificates in `"),
        ("certificate.pem", "missing.pem", "could not read the private key in `"),
        ("certificate.pem", "certificate.pem", "could not read the private key in `"),
        ("certificate.pem", "other-key.pem", "cannot encrypt with `"),
    ] {
        let said = refused(certificates, key).await;
        assert!(said.starts_with(text), "{said}");
        assert!(said.contains(".pem`: ") || said.contains(".pem` and `"), "{said}");
    }
}
