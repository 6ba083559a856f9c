//! A root: a directory that is opened once. Nothing outside of it can be reached, because names
//! are resolved below that handle and not in the file system, whatever links say and whoever moves
//! directories meanwhile.

use std::io;
use std::path::{Path, PathBuf, absolute};
use std::sync::Arc;

use cap_fs_ext::OpenOptionsSyncExt as _;
use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, Metadata, OpenOptions};

use crate::error::Error;

/// The directory. Clones share its handle.
#[derive(Clone, Debug)]
pub(super) struct Root(Arc<Dir>);

impl Root {
    /// Opens the directory of something.
    ///
    /// # Errors
    ///
    /// `internal` when it is not there or may not be opened.
    pub(super) fn open(path: &Path, of: &str) -> Result<Self, Error> {
        let opened = Dir::open_ambient_dir(path, ambient_authority());
        opened.map(|root| Root(Arc::new(root))).map_err(|cause| {
            let path = whole(path);
            let text = format!("could not open {of} directory `{}`: {cause}", path.display());
            Error::mistake(text)
        })
    }

    pub(super) fn dir(&self) -> &Dir {
        &self.0
    }

    /// Does something with the directory where it may block.
    pub(super) async fn with<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Dir) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let root = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || act(&root)).await.map_err(io::Error::other)?
    }
}

/// A path for people: where a program was started is not seen in one that begins there.
pub(super) fn whole(path: &Path) -> PathBuf {
    absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Opens a file below a directory; `None` where there is no file of that name.
pub(super) fn open_file(dir: &Dir, name: &str) -> io::Result<Option<(File, Metadata)>> {
    let opened = dir.metadata(name).and_then(|metadata| {
        // Looked at before, because opening a device may do something, and without waiting,
        // because a pipe that takes its place would be waited for.
        let is_file = metadata.is_file();
        let open = || dir.open_with(name, OpenOptions::new().read(true).nonblock(true));
        is_file.then(open).transpose()
    });
    let file = match opened {
        Ok(Some(file)) => file,
        Ok(None) => return Ok(None),
        Err(cause) if is_absence(&cause) => return Ok(None),
        Err(cause) => return Err(cause),
    };
    let metadata = file.metadata()?;
    Ok(metadata.is_file().then_some((file, metadata)))
}

/// Whether an error only says that there is no such file; cap-std refuses what leads out of
/// the root as not permitted.
pub(super) fn is_absence(cause: &io::Error) -> bool {
    matches!(
        cause.kind(),
        io::ErrorKind::NotFound
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::PermissionDenied
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::InvalidFilename
    )
}
