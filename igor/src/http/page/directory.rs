//! A page that lies in a directory, opened once: nothing outside of it can be reached, because
//! names are resolved below that handle and not in the file system.

use std::io;
use std::path::Path;
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::Dir;

use crate::error::{Code, Error};
use crate::http::body;
use crate::http::page::{Found, tag};

/// The root of a page.
#[derive(Debug)]
pub(super) struct Directory(Arc<Dir>);

impl Directory {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let opened = Dir::open_ambient_dir(path, ambient_authority());
        opened.map(|root| Directory(Arc::new(root))).map_err(|cause| {
            let text = format!("could not open the page's directory `{}`: {cause}", path.display());
            Error::new(Code::Internal, text)
        })
    }

    /// Opens a file below the root, where opening may block.
    pub(super) async fn find(&self, name: &str) -> io::Result<Option<Found>> {
        let (root, name) = (Arc::clone(&self.0), name.to_owned());
        let found = tokio::task::spawn_blocking(move || find(&root, &name));
        found.await.map_err(io::Error::other)?
    }
}

fn find(root: &Dir, name: &str) -> io::Result<Option<Found>> {
    // Asked before it is opened, because opening a pipe waits for its other end.
    match root.metadata(name) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Ok(None),
        Err(cause) if is_absence(&cause) => return Ok(None),
        Err(cause) => return Err(cause),
    }
    let file = root.open(name)?;
    let metadata = file.metadata()?;
    let length = metadata.len();
    let tag = tag::of_file(length, metadata.modified()?.into_std());
    Ok(Some(Found { tag, length, body: body::file(file, length) }))
}

/// Whether an error says no more than that there is nothing; cap-std refuses what leads out of
/// the root as not permitted.
fn is_absence(cause: &io::Error) -> bool {
    matches!(
        cause.kind(),
        io::ErrorKind::NotFound
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::PermissionDenied
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::InvalidFilename
    )
}
