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

/// Whether there is nothing in a file but what igor wrote, which has this in it, so that a path with
/// a slip in it costs nobody their own source.
pub(super) fn is_free(path: &Path, mark: &str) -> io::Result<bool> {
    match fs::read(path) {
        Ok(found) => {
            let found = String::from_utf8_lossy(&found);
            Ok(found.trim().is_empty() || found.contains(mark))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
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

/// Gives a file the time at which this program was built. Cargo runs a build script again, and
/// builds everything behind it, when a file that it watches is newer than the script's last start;
/// what the script itself wrote always would be, and each change would be built twice.
pub(super) fn date_as_this_program(path: &Path) {
    let built = std::env::current_exe().and_then(fs::metadata).and_then(|it| it.modified());
    let dated =
        built.and_then(|built| fs::File::options().write(true).open(path)?.set_modified(built));
    // Where there are no such times the next build takes longer, and that is all.
    drop(dated);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory of this test's own.
    fn directory(test: &str) -> PathBuf {
        std::env::temp_dir().join(format!("igor-{test}-{}", std::process::id()))
    }

    #[test]
    fn directories_are_made_and_nothing_is_left_beside_the_file() -> io::Result<()> {
        let root = directory("file");
        let deep = &root.join("deep/er");
        let path = deep.join("igor-client.ts");
        assert!(!holds(&path, "one")?);
        replace(&path, "one")?;
        replace(&path, "two")?;
        assert!(holds(&path, "two")?);
        let beside: Vec<_> = fs::read_dir(deep)?.collect();
        assert_eq!(beside.len(), 1);
        // A directory cannot be replaced by a file, and what was begun is taken away.
        assert!(replace(deep, "three").is_err());
        assert_eq!(fs::read_dir(root.join("deep"))?.count(), 1);
        fs::remove_dir_all(root)
    }

    #[test]
    fn a_file_that_somebody_else_wrote_is_not_free() -> io::Result<()> {
        let root = directory("free");
        let path = root.join("main.ts");
        assert!(is_free(&path, "by igor")?, "it is not there");
        let (licence, client) = ("// A licence.\n\n", "// Written by igor.\nexport {};\n");
        for (text, is_its_own) in [
            ("", true),
            ("\n", true),
            (client, true),
            (&format!("{licence}{client}"), true),
            ("import { connect } from \"./igor-client\";\n", false),
        ] {
            replace(&path, text)?;
            assert_eq!(is_free(&path, "by igor")?, is_its_own, "{text}");
        }
        fs::remove_dir_all(root)
    }

    #[test]
    fn a_build_script_is_not_run_again_by_what_it_wrote() -> io::Result<()> {
        let root = directory("dated");
        let path = root.join("igor-client.ts");
        replace(&path, "one")?;
        date_as_this_program(&path);
        let modified = |path: &Path| fs::metadata(path)?.modified();
        assert_eq!(modified(&path)?, modified(&std::env::current_exe()?)?);
        fs::remove_dir_all(root)
    }

    #[test]
    fn line_ends_of_windows_are_no_difference() -> io::Result<()> {
        let root = directory("lines");
        let path = root.join("igor-client.ts");
        replace(&path, "a\r\nb\r\n")?;
        assert!(holds(&path, "a\nb\n")?);
        assert!(!holds(&path, "a\nb")?);
        fs::remove_dir_all(root)
    }
}
