//! The pipe that a program listens on in place of a port: a Unix socket, or a named pipe of
//! Windows. No page reaches it, and no other user of the machine.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::server::stream::PipeStream;

/// Accepts what connects to a path; the path is gone with it.
#[derive(Debug)]
pub(super) struct Pipe {
    path: PathBuf,
    #[cfg(unix)]
    listener: tokio::net::UnixListener,
    /// The one that the next client gets.
    #[cfg(windows)]
    next: PipeStream,
}

impl Pipe {
    /// Listens at the path.
    ///
    /// # Errors
    ///
    /// `internal` when somebody else does, or the system does not permit it.
    pub(super) fn bind(path: &Path) -> Result<Self, Error> {
        Pipe::open(path).map_err(|cause| {
            Error::mistake(format!("cannot listen on the pipe `{}`: {cause}", path.display()))
        })
    }

    #[cfg(unix)]
    fn open(path: &Path) -> io::Result<Self> {
        use std::os::unix::fs::PermissionsExt as _;
        let listener = tokio::net::UnixListener::bind(path)?;
        let pipe = Pipe { path: path.to_owned(), listener };
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
        Ok(pipe)
    }

    #[cfg(windows)]
    fn open(path: &Path) -> io::Result<Self> {
        use tokio::net::windows::named_pipe::ServerOptions;
        let next = ServerOptions::new()
            .first_pipe_instance(true)
            .reject_remote_clients(true)
            .create(path)?;
        Ok(Pipe { path: path.to_owned(), next })
    }

    /// Where it listens.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Waits for the next client.
    #[cfg(unix)]
    pub(super) async fn accept(&mut self) -> io::Result<PipeStream> {
        Ok(self.listener.accept().await?.0)
    }

    /// Waits for the next client.
    #[cfg(windows)]
    pub(super) async fn accept(&mut self) -> io::Result<PipeStream> {
        use tokio::net::windows::named_pipe::ServerOptions;
        self.next.connect().await?;
        let next = ServerOptions::new().reject_remote_clients(true).create(&self.path)?;
        Ok(std::mem::replace(&mut self.next, next))
    }
}

#[cfg(unix)]
impl Drop for Pipe {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}
