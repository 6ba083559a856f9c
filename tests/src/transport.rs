//! What tests speak over: TCP, or, with `IGOR_TRANSPORT=pipe`, a pipe in place of a port.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
#[cfg(windows)]
use std::time::Duration;

use igor::Handle;
use tokio::io::{AsyncRead, AsyncWrite};
#[cfg(windows)]
use tokio::net::windows::named_pipe::{ClientOptions, NamedPipeServer, ServerOptions};
use tokio::net::{TcpListener, TcpStream};
#[cfg(unix)]
use tokio::net::{UnixListener, UnixStream};

/// Bytes that come and go, over whichever transport.
pub trait Io: AsyncRead + AsyncWrite + std::fmt::Debug + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + std::fmt::Debug + Send + Unpin> Io for T {}

/// Where somebody listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// At a port.
    Port(SocketAddr),
    /// At a pipe.
    Pipe(PathBuf),
}

impl Place {
    /// What it is called in the head of a request; a pipe has no name of its own.
    pub fn host(&self) -> String {
        match self {
            Place::Port(address) => address.to_string(),
            Place::Pipe(_) => "localhost:0".to_owned(),
        }
    }

    /// Its address for programs in Node.js, which find a pipe in its query.
    pub fn url(&self) -> String {
        match self {
            Place::Port(address) => format!("ws://{address}/"),
            Place::Pipe(path) => format!("ws://{}/?pipe={}", self.host(), path.display()),
        }
    }

    /// Removes what a server leaves there that was killed: the socket of a pipe.
    pub fn clear(&self) {
        if let Place::Pipe(path) = self {
            let _ = std::fs::remove_file(path);
        }
    }

    /// Connects to who listens there.
    ///
    /// # Errors
    ///
    /// When nobody does.
    pub async fn connect(&self) -> io::Result<Box<dyn Io>> {
        Ok(match self {
            Place::Port(address) => Box::new(without_delay(TcpStream::connect(address).await?)?),
            #[cfg(unix)]
            Place::Pipe(path) => Box::new(UnixStream::connect(path).await?),
            #[cfg(windows)]
            Place::Pipe(path) => loop {
                /// `ERROR_PIPE_BUSY`: the server has not yet made room for the next.
                const BUSY: i32 = 231;
                match ClientOptions::new().open(path) {
                    Err(cause) if cause.raw_os_error() == Some(BUSY) => {
                        tokio::time::sleep(Duration::from_millis(1)).await;
                    }
                    opened => break Box::new(opened?),
                }
            },
        })
    }
}

/// As one program says it to another; it is read by `parse`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Port(address) => address.fmt(f),
            Place::Pipe(path) => path.display().fmt(f),
        }
    }
}

impl FromStr for Place {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.parse().map_or_else(|_| Place::Pipe(text.into()), Place::Port))
    }
}

impl From<SocketAddr> for Place {
    fn from(address: SocketAddr) -> Self {
        Place::Port(address)
    }
}

impl From<&Handle> for Place {
    fn from(handle: &Handle) -> Self {
        match handle.pipe() {
            Some(path) => Place::Pipe(path.to_owned()),
            None => Place::Port(handle.address()),
        }
    }
}

/// Listens at a place that nobody else has, by the transport that tests speak over.
#[derive(Debug)]
pub struct Entrance {
    place: Place,
    listening: Listening,
}

#[derive(Debug)]
enum Listening {
    Port(TcpListener),
    #[cfg(unix)]
    Pipe(UnixListener),
    /// The one that the next client gets.
    #[cfg(windows)]
    Pipe(NamedPipeServer),
}

impl Entrance {
    /// Listens.
    ///
    /// # Panics
    ///
    /// When there is no place for it.
    pub async fn open() -> Self {
        let Some(path) = pipe() else {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            let place = Place::Port(listener.local_addr().expect("it is bound"));
            return Entrance { place, listening: Listening::Port(listener) };
        };
        #[cfg(unix)]
        let listener = UnixListener::bind(&path).expect("a path of its own");
        #[cfg(windows)]
        let listener = ServerOptions::new().create(&path).expect("a name of its own");
        Entrance { place: Place::Pipe(path), listening: Listening::Pipe(listener) }
    }

    /// Where it listens.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Waits for who connects next.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub async fn accept(&mut self) -> io::Result<Box<dyn Io>> {
        Ok(match &mut self.listening {
            Listening::Port(listener) => Box::new(without_delay(listener.accept().await?.0)?),
            #[cfg(unix)]
            Listening::Pipe(listener) => Box::new(listener.accept().await?.0),
            #[cfg(windows)]
            Listening::Pipe(next) => {
                next.connect().await?;
                let Place::Pipe(path) = &self.place else { unreachable!("it is one") };
                Box::new(std::mem::replace(next, ServerOptions::new().create(path)?))
            }
        })
    }
}

#[cfg(unix)]
impl Drop for Entrance {
    fn drop(&mut self) {
        self.place.clear();
    }
}

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

fn without_delay(stream: TcpStream) -> io::Result<TcpStream> {
    stream.set_nodelay(true)?;
    Ok(stream)
}
