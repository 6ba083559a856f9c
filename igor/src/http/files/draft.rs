//! A draft: a file that is being written, beside the one whose place it takes in one step.

use std::fs::File;
use std::io::{self, Write as _};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use cap_std::fs::{Dir, OpenOptions};

use crate::http::content::{Validators, validators};
use crate::http::path::OWN;
use crate::http::root;
use crate::session::secret;

/// Random bytes in the name of a draft.
const NAME_BYTES: usize = 12;

/// Behind [`OWN`], what a draft's name begins with.
const DRAFT: &str = "upload-";

/// A half-written file. Dropped, it is removed.
#[derive(Debug)]
pub(super) struct Draft {
    /// Where both files are; once opened, it stays the same directory whoever moves it.
    directory: Dir,
    /// The name of the draft.
    beside: String,
    /// The name of the place that it takes.
    name: String,
    file: File,
    is_in_place: bool,
}

/// What became of a draft whose conditions held.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) validators: Validators,
    /// Whether there was no file of that name.
    pub(super) is_new: bool,
}

/// Whether a file of this name is a draft.
pub(super) fn is_draft(name: &str) -> bool {
    name.strip_prefix(OWN).is_some_and(|rest| rest.starts_with(DRAFT))
}

/// The directory of a file below a root, and the name that the file has in it.
pub(super) fn directory_of(root: &Dir, name: &str) -> io::Result<(Dir, String)> {
    let (directory, name) = name.rsplit_once('/').unwrap_or((".", name));
    Ok((root.open_dir(directory)?, name.to_owned()))
}

/// The file that is there now.
pub(super) fn current(directory: &Dir, name: &str) -> io::Result<Option<Validators>> {
    match root::open_file(directory, name)? {
        Some((_, metadata)) => validators(&metadata).map(Some),
        None => Ok(None),
    }
}

impl Draft {
    /// Begins a draft of a file below a root. Directories on the way are made.
    pub(super) fn begin(root: &Dir, name: &str) -> io::Result<Self> {
        if let Some((directory, _)) = name.rsplit_once('/') {
            root.create_dir_all(directory)?;
        }
        let (directory, name) = directory_of(root, name)?;
        let random = secret::random::<NAME_BYTES>().map_err(io::Error::other)?;
        let beside = format!("{OWN}{DRAFT}{random}");
        let file = directory.open_with(&beside, OpenOptions::new().write(true).create_new(true))?;
        let file = file.into_std();
        // Tells the sweep of another server that somebody writes; where there are no locks, two
        // servers should not share a directory.
        let _ = file.try_lock();
        Ok(Draft { directory, beside, name, file, is_in_place: false })
    }

    /// The state of the file whose place it will take.
    pub(super) fn current(&self) -> io::Result<Option<Validators>> {
        current(&self.directory, &self.name)
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    /// Takes the place of the file, if the state that it is in then is the right one; `None`
    /// otherwise. The bytes are on the disk before the name is, and the name when this returns.
    pub(super) fn place(
        mut self,
        changes: &Mutex<()>,
        is_right: impl FnOnce(Option<&Validators>) -> bool,
    ) -> io::Result<Option<Placed>> {
        // Files get their times from a coarse clock; two that follow each other at once are to
        // differ in theirs, because their tags do by them.
        self.file.set_modified(SystemTime::now())?;
        self.file.sync_all()?;
        let placed = {
            let _alone = changes.lock().unwrap_or_else(PoisonError::into_inner);
            let current = self.current()?;
            if !is_right(current.as_ref()) {
                return Ok(None);
            }
            self.directory.rename(&self.beside, &self.directory, &self.name)?;
            self.is_in_place = true;
            let metadata = cap_std::fs::Metadata::from_file(&self.file)?;
            Placed { validators: validators(&metadata)?, is_new: current.is_none() }
        };
        keep_names(&self.directory);
        Ok(Some(placed))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if self.is_in_place {
            return;
        }
        // A sweep does it where this fails.
        let _ = self.directory.remove_file(&self.beside);
    }
}

/// Writes to the disk which names a directory has, where a system lets one.
pub(super) fn keep_names(directory: &Dir) {
    if let Ok(directory) = directory.open(".") {
        let _ = directory.sync_all();
    }
}
