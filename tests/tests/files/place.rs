//! A directory for one test, and a server of what lies in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use igor::{Config, Mount, Registry, Server};
use igor_tests::{Running, config};

/// A directory that is gone with the test.
pub(crate) struct Place(PathBuf);

#[igor::action("nothing")]
fn nothing() {}

impl Place {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("igor-files-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(path.join("root")).expect("a directory");
        Place(path)
    }

    /// What is beside the root of the mount.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The root of the mount.
    pub(crate) fn root(&self) -> PathBuf {
        self.0.join("root")
    }

    /// Writes a file below the root.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.root().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(path, bytes).expect("a file");
    }

    pub(crate) fn read(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.root().join(name)).ok()
    }

    /// The names directly below the root, drafts included.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.root()).expect("a directory");
        let name = |entry: fs::DirEntry| entry.file_name().into_string().expect("text");
        let mut names: Vec<_> = entries.map(|entry| name(entry.expect("an entry"))).collect();
        names.sort();
        names
    }

    /// The root as a mount `m` that may be read.
    pub(crate) fn mount(&self) -> Mount {
        Mount::new("m", self.root())
    }

    /// The root as a mount `m` that everything may be done to.
    pub(crate) fn open_mount(&self) -> Mount {
        Mount { write: true, delete: true, ..self.mount() }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A server of one mount.
pub(crate) async fn serve(mount: Mount) -> Running {
    serve_with(Config { mounts: vec![mount], ..config() }).await
}

pub(crate) async fn serve_with(config: Config) -> Running {
    Running::start(Server::new(config).registry(registry())).await
}

pub(crate) fn registry() -> Registry {
    Registry::new().action::<nothing>()
}
