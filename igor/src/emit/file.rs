//! The file that a client is in.

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// Whether a file holds this text. Line ends as Git writes them on Windows are the same.
pub(super) fn holds(path: &Path, text: &str) -> io::Result<bool> {
    match fs::read(path) {
        Ok(found) => Ok(found == text.as_bytes() || without_returns(&found) == text.as_bytes()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Replaces a file in one step, so that nobody ever reads half of it; makes its directory.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(directory) = directory {
        fs::create_dir_all(directory)?;
    }
    let unfinished = unfinished(path);
    let written = write_whole(&unfinished, text).and_then(|()| fs::rename(&unfinished, path));
    if written.is_err() {
        // What stands against the file itself is what the caller has to hear.
        let _ = fs::remove_file(&unfinished);
    }
    written
}

fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Beside the file, because a rename stays within one file system; of this process, because two
/// builds may run at once.
fn unfinished(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.new", std::process::id()));
    path.with_file_name(name)
}

fn without_returns(bytes: &[u8]) -> Vec<u8> {
    let mut kept = bytes.to_vec();
    let is_line_end =
        |at: usize| bytes.get(at) == Some(&b'\r') && bytes.get(at + 1) == Some(&b'\n');
    let mut at = 0;
    kept.retain(|_| {
        at += 1;
        !is_line_end(at - 1)
    });
    kept
}
