//! One for each user: a lock that the system lets go of when the process ends, however it does.

use std::fs::{self, File, TryLockError};
use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use directories::BaseDirs;
use sha2::{Digest as _, Sha256};
use tokio::time::{Instant, sleep};

use crate::error::{Error, Result};

/// How long an earlier one may take to end, as after a restart of the interface.
const PATIENCE: Duration = Duration::from_secs(3);

/// How often it is looked for.
const LOOK: Duration = Duration::from_millis(50);

/// Bytes of the hash that tells programs apart.
const NAME_BYTES: usize = 12;

/// Takes the lock of this program and user.
///
/// # Errors
///
/// `internal` when another one has it, or when there is no place for it.
pub(super) async fn take() -> Result<File> {
    let path = place()?;
    let failed = |cause: std::io::Error| {
        Error::mistake(format!("could not make the lock `{}`: {cause}", path.display()))
    };
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(failed)?;
    }
    let file = File::create(&path).map_err(failed)?;
    let until = Instant::now() + PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(cause)) => return Err(failed(cause)),
            Err(TryLockError::WouldBlock) if Instant::now() < until => sleep(LOOK).await,
            Err(TryLockError::WouldBlock) => {
                return Err(Error::mistake(
                    "this program runs already for this user: use that one, end it, or allow \
                     several with `instances: \"many\"`",
                ));
            }
        }
    }
}

/// Where the lock is: in the user's own directory, under the place of the program, so that
/// programs of one name do not shut each other out.
fn place() -> Result<PathBuf> {
    let directories = BaseDirs::new().ok_or_else(|| {
        Error::mistake("there is no place for the lock: the user has no home directory")
    })?;
    let own = directories.state_dir().unwrap_or_else(|| directories.data_local_dir());
    let program = std::env::current_exe()?;
    let hash = Sha256::digest(program.as_os_str().as_encoded_bytes());
    let name = URL_SAFE_NO_PAD.encode(&hash[..NAME_BYTES]);
    Ok(own.join("igor").join("locks").join(name))
}
