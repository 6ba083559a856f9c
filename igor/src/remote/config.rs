//! The configuration of a remote: where the server is, and what opens its gate.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;
#[cfg(feature = "testing")]
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// The configuration of a remote. Each field's default stands behind the semicolon.
#[derive(Clone, Default)]
pub struct RemoteConfig {
    /// Where the server is; `127.0.0.1:5678`.
    pub address: Address,
    /// The server's token; none.
    pub token: Option<String>,
    /// The id that this client asks for; one that the server makes.
    pub name: Option<String>,
}

// It shows no token.
impl fmt::Debug for RemoteConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RemoteConfig { address, token: _, name } = self;
        let config = &mut f.debug_struct("RemoteConfig");
        config.field("address", address).field("name", name).finish_non_exhaustive()
    }
}

/// Where a server is.
#[derive(Clone)]
pub struct Address(Place);

#[derive(Clone)]
enum Place {
    /// A host and a port.
    Port(String),
    /// A Unix socket, or a named pipe of Windows.
    Pipe(PathBuf),
    /// Something that makes a way there.
    #[cfg(feature = "testing")]
    Way(Arc<Way>),
}

/// Makes a way to a server.
#[cfg(feature = "testing")]
type Way = dyn Fn() -> io::Result<Box<dyn Socket>> + Send + Sync;

/// Bytes that come and go.
pub(crate) trait Socket: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Socket for T {}

/// A connection that is being made.
type Connecting<'a> = Pin<Box<dyn Future<Output = io::Result<Box<dyn Socket>>> + Send + 'a>>;

impl Address {
    /// A Unix socket, or a named pipe of Windows, on which a sidecar listens.
    pub fn pipe(path: impl Into<PathBuf>) -> Self {
        Address(Place::Pipe(path.into()))
    }

    /// Wherever this leads.
    #[cfg(feature = "testing")]
    pub(crate) fn way<S: Socket + 'static>(
        way: impl Fn() -> io::Result<S> + Send + Sync + 'static,
    ) -> Self {
        Address(Place::Way(Arc::new(move || Ok(Box::new(way()?)))))
    }

    /// As a request for a WebSocket names it.
    pub(super) fn host(&self) -> &str {
        match &self.0 {
            Place::Port(host) => host,
            Place::Pipe(_) => "localhost:0",
            #[cfg(feature = "testing")]
            Place::Way(_) => "localhost:0",
        }
    }

    /// Connects.
    pub(super) fn connect(&self) -> Connecting<'_> {
        Box::pin(async move {
            match &self.0 {
                Place::Port(host) => {
                    let socket = TcpStream::connect(host).await?;
                    // A frame is written whole; waiting for more only delays it.
                    socket.set_nodelay(true)?;
                    Ok(Box::new(socket) as Box<dyn Socket>)
                }
                Place::Pipe(path) => pipe(path).await,
                #[cfg(feature = "testing")]
                Place::Way(way) => way(),
            }
        })
    }
}

#[cfg(unix)]
async fn pipe(path: &std::path::Path) -> io::Result<Box<dyn Socket>> {
    Ok(Box::new(tokio::net::UnixStream::connect(path).await?))
}

/// A named pipe has room for one who comes, until the server has made room for the next.
#[cfg(windows)]
async fn pipe(path: &std::path::Path) -> io::Result<Box<dyn Socket>> {
    use std::time::Duration;

    /// `ERROR_PIPE_BUSY`.
    const BUSY: i32 = 231;
    const PAUSE: Duration = Duration::from_millis(10);
    const TRIES: usize = 200;

    for _ in 0..TRIES {
        match tokio::net::windows::named_pipe::ClientOptions::new().open(path) {
            Err(cause) if cause.raw_os_error() == Some(BUSY) => tokio::time::sleep(PAUSE).await,
            opened => return Ok(Box::new(opened?)),
        }
    }
    Err(io::ErrorKind::TimedOut.into())
}

impl Default for Address {
    fn default() -> Self {
        Address::from("127.0.0.1:5678")
    }
}

/// A host with its port, as `127.0.0.1:5678` or `ws://127.0.0.1:5678`.
impl From<&str> for Address {
    fn from(host: &str) -> Self {
        let host = host.strip_prefix("ws://").unwrap_or(host);
        Address(Place::Port(host.trim_end_matches('/').to_owned()))
    }
}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Self {
        Address(Place::Port(address.to_string()))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::Port(host) => f.write_str(host),
            Place::Pipe(path) => path.fmt(f),
            #[cfg(feature = "testing")]
            Place::Way(_) => f.write_str("in memory"),
        }
    }
}
