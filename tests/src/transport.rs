//! What tests speak over: TCP, or, with `IGOR_TRANSPORT=pipe`, a pipe in place of a port.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::Running;

/// Bytes that come and go, over whichever transport.
pub trait Io: AsyncRead + AsyncWrite + std::fmt::Debug + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + std::fmt::Debug + Send + Unpin> Io for T {}

/// A new pipe for a server, if tests are to speak over pipes.
///
/// # Panics
///
/// When the variable names another transport.
pub(crate) fn pipe() -> Option<PathBuf> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let transport = std::env::var("IGOR_TRANSPORT").ok()?;
    assert_eq!(transport, "pipe", "`IGOR_TRANSPORT` is `pipe`, or not there");
    let name = format!("igor-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    if cfg!(windows) {
        return Some(format!(r"\\.\pipe\{name}").into());
    }
    let path = std::env::temp_dir().join(name);
    // What a process of the same number may have left when it was killed.
    let _ = std::fs::remove_file(&path);
    Some(path)
}

/// Connects to a server by the transport that it listens on.
pub(crate) async fn connect(server: &Running) -> Box<dyn Io> {
    let handle = server.handle();
    if let Some(path) = handle.pipe() {
        #[cfg(unix)]
        let pipe = tokio::net::UnixStream::connect(path).await;
        #[cfg(windows)]
        let pipe = tokio::net::windows::named_pipe::ClientOptions::new().open(path);
        return Box::new(pipe.expect("it listens"));
    }
    let stream = TcpStream::connect(handle.address()).await.expect("it listens");
    stream.set_nodelay(true).expect("a socket that is open");
    Box::new(stream)
}
