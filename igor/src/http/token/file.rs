//! The file that keeps a token: made once, whole or not at all, and read by its user only.

#[cfg(unix)]
use std::fs::Metadata;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
#[cfg(unix)]
use rustix::process::Uid;

use crate::error::Error;
use crate::http::Secret;
use crate::session::secret;

/// Random bytes of a token that is made.
const TOKEN_BYTES: usize = 32;

/// More than a token and the end of its line; a longer file holds no token.
const LONGEST_FILE: u64 = 128;

/// The token in this file, made now if there is none.
///
/// # Errors
///
/// `internal` when the file cannot be made or read, holds something else, is open to others, or is
/// somebody else's.
pub(super) fn keep(path: &Path) -> Result<Secret, Error> {
    let failed = |cause: io::Error| {
        let text = format!("could not keep the token in `{}`: {cause}", path.display());
        Error::mistake(text)
    };
    match File::open(path) {
        Ok(file) => read(&file, path, failed),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
            make(path, failed)?;
            // Another program of that name may have been faster; then its token is the one.
            read(&File::open(path).map_err(failed)?, path, failed)
        }
        Err(cause) => Err(failed(cause)),
    }
}

fn read(file: &File, path: &Path, failed: impl Fn(io::Error) -> Error) -> Result<Secret, Error> {
    #[cfg(unix)]
    check_private(&file.metadata().map_err(&failed)?, path, rustix::process::geteuid())?;
    let mut text = Vec::new();
    file.take(LONGEST_FILE).read_to_end(&mut text).map_err(failed)?;
    let text = text.trim_ascii();
    let is_token = URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == TOKEN_BYTES);
    match str::from_utf8(text) {
        Ok(text) if is_token => Ok(Secret::from(text.to_owned())),
        _ => {
            let path = path.display();
            let text = format!("`{path}` holds no token: delete it, and a new one is made");
            Err(Error::mistake(text))
        }
    }
}

/// Writes a new token beside its place and links it there, so that the file is whole from the
/// first moment and never takes the place of another.
fn make(path: &Path, failed: impl Fn(io::Error) -> Error) -> Result<(), Error> {
    let token = secret::random::<TOKEN_BYTES>()?;
    if let Some(parent) = path.parent() {
        private_directory().create(parent).map_err(&failed)?;
    }
    let beside = path.with_extension(secret::random::<9>()?);
    let written = write_private(&beside, &token).and_then(|()| fs::hard_link(&beside, path));
    let _ = fs::remove_file(&beside);
    match written {
        Err(cause) if cause.kind() != io::ErrorKind::AlreadyExists => Err(failed(cause)),
        _ => Ok(()),
    }
}

fn write_private(path: &Path, token: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(token.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

fn private_directory() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Refuses a file of anybody but this user, who then knows the token, and one that others may read.
/// Where there are no modes, the directory of the user keeps others out.
#[cfg(unix)]
fn check_private(metadata: &Metadata, path: &Path, user: Uid) -> Result<(), Error> {
    use std::os::unix::fs::MetadataExt as _;
    let (owner, mode) = (metadata.uid(), metadata.mode() & 0o777);
    let is_own = owner == user.as_raw();
    let path = path.display();
    let text = match mode & 0o077 {
        _ if !is_own => format!(
            "the token in `{path}` belongs to the user {owner}, and this program runs as {}: \
             name another file with `Token::kept_in`, or have that one deleted",
            user.as_raw()
        ),
        0 => return Ok(()),
        _ => format!(
            "other users may read the token in `{path}`, its mode is {mode:03o}: delete it, and a \
             new one is made"
        ),
    };
    Err(Error::mistake(text))
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    /// A directory that is gone with the test.
    struct Place(std::path::PathBuf);

    impl Place {
        fn new() -> Self {
            let name = secret::random::<9>().expect("randomness");
            Place(std::env::temp_dir().join(format!("igor-token-{name}")))
        }

        fn file(&self) -> std::path::PathBuf {
            self.0.join("program/token")
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_token_survives_restarts() {
        let place = Place::new();
        let first = keep(&place.file()).expect("a token");
        let second = keep(&place.file()).expect("the token");
        assert_eq!(first.reveal(), second.reveal());
        let names: Vec<_> = fs::read_dir(place.0.join("program")).expect("a directory").collect();
        assert_eq!(names.len(), 1, "nothing is left beside it");
    }

    #[test]
    fn all_who_start_at_once_have_one_token() {
        let place = Place::new();
        let keepers: Vec<_> = (0..8)
            .map(|_| {
                let file = place.file();
                thread::spawn(move || keep(&file).map(|token| token.reveal().to_owned()))
            })
            .collect();
        let tokens: Vec<_> =
            keepers.into_iter().map(|keeper| keeper.join().expect("no panic")).collect();
        let first = tokens[0].as_ref().expect("a token");
        assert!(tokens.iter().all(|token| token.as_ref().is_ok_and(|token| token == first)));
    }

    #[cfg(unix)]
    #[test]
    fn only_the_user_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let place = Place::new();
        keep(&place.file()).expect("a token");
        let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode();
        assert_eq!(mode(&place.file()) & 0o777, 0o600);
        assert_eq!(mode(&place.0.join("program")) & 0o777, 0o700);
        fs::set_permissions(place.file(), fs::Permissions::from_mode(0o640)).expect("chmod");
        let error = keep(&place.file()).expect_err("open to others");
        assert!(error.message().contains("its mode is 640"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn the_file_of_another_user_is_refused() {
        let place = Place::new();
        keep(&place.file()).expect("a token");
        let metadata = fs::metadata(place.file()).expect("it is there");
        let user = rustix::process::geteuid();
        assert!(check_private(&metadata, &place.file(), user).is_ok());
        let other = Uid::from_raw(user.as_raw() ^ 1);
        let error = check_private(&metadata, &place.file(), other).expect_err("it is not theirs");
        let said = format!("belongs to the user {}", user.as_raw());
        assert!(error.message().contains(&said), "{error}");
    }

    #[test]
    fn a_file_that_holds_something_else_is_refused() {
        let place = Place::new();
        let token = keep(&place.file()).expect("a token");
        for text in ["", "short", &token.reveal()[1..], &"A".repeat(500), "\u{fffd}"] {
            fs::write(place.file(), text).expect("written");
            let error = keep(&place.file()).expect_err(text);
            assert!(error.message().contains("holds no token"), "{error}");
        }
    }
}
