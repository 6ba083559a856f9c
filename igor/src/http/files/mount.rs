//! Mounts: directories whose files a page may read and write.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use crate::error::Error;
use crate::http::files::sweep;
use crate::http::root::Root;

/// How large a file may be that is written, unless the mount says so.
const MAX_BYTES: u64 = 16 << 20;

/// A directory whose files are served at `/files/<name>/…`, to whoever shows the token or a signed
/// link.
///
/// By default its files can only be read. Nothing outside of the directory is ever reached,
/// wherever a path or a link leads.
///
/// ```
/// let config = igor::Config {
///     mounts: vec![igor::Mount {
///         write: true,
///         max_bytes: 8 << 20,
///         extensions: vec!["png".to_owned(), "jpg".to_owned()],
///         ..igor::Mount::new("pictures", "data/pictures")
///     }],
///     ..igor::Config::default()
/// };
/// ```
#[derive(Clone, Debug)]
pub struct Mount {
    /// Its name in paths and in the client, of lower case letters, digits, `-` and `_`.
    pub name: String,
    /// The directory. It has to exist, unless files may be written to it: then it is created.
    pub directory: PathBuf,
    /// Whether files may be read; true.
    pub read: bool,
    /// Whether files may be created and replaced; false.
    pub write: bool,
    /// Whether files may be deleted; false.
    pub delete: bool,
    /// Bytes of the largest file that may be written; 16 MiB.
    pub max_bytes: u64,
    /// The extensions that its files may have, without the dot, in any case; empty, for all. Other
    /// files are neither served nor written.
    pub extensions: Vec<String>,
    /// Whether files that may be active, such as HTML and SVG, are shown in the browser; false:
    /// they are downloaded. Shown or not, they run no script.
    pub inline: bool,
    /// Whether files and directories whose names begin with a dot are served; false.
    pub dotfiles: bool,
}

impl Mount {
    /// A directory whose files may be read.
    pub fn new(name: impl Into<String>, directory: impl Into<PathBuf>) -> Self {
        Mount {
            name: name.into(),
            directory: directory.into(),
            read: true,
            write: false,
            delete: false,
            max_bytes: MAX_BYTES,
            extensions: Vec::new(),
            inline: false,
            dotfiles: false,
        }
    }

    /// Whether a file of this name can be in it.
    pub(super) fn has(&self, name: &str) -> bool {
        let file = name.rsplit('/').next().unwrap_or(name);
        let extension = file.rsplit_once('.').map(|(_, extension)| extension);
        self.extensions.is_empty()
            || extension.is_some_and(|extension| {
                self.extensions.iter().any(|other| other.eq_ignore_ascii_case(extension))
            })
    }

    /// The methods that it answers, as `Allow` says them.
    pub(super) fn methods(&self) -> String {
        let groups = [(self.read, "GET, HEAD"), (self.write, "PUT, POST"), (self.delete, "DELETE")];
        let allowed = groups.into_iter().filter(|(is_allowed, _)| *is_allowed);
        let mut methods: Vec<_> = allowed.map(|(_, methods)| methods).collect();
        methods.push("OPTIONS");
        methods.join(", ")
    }

    fn check(&self) -> Result<(), Error> {
        let is_sign = |sign: char| {
            sign.is_ascii_lowercase() || sign.is_ascii_digit() || matches!(sign, '-' | '_')
        };
        if self.name.is_empty() || !self.name.chars().all(is_sign) {
            return Err(self.mistake("has to be named in lower case letters, digits, `-` and `_`"));
        }
        if let Some(extension) = self.extensions.iter().find(|it| it.contains(['.', '/'])) {
            let text = format!("has the extension `{extension}`: write `png`, without a dot");
            return Err(self.mistake(&text));
        }
        Ok(())
    }

    fn mistake(&self, text: &str) -> Error {
        Error::mistake(format!("the mount `{}` {text}", self.name))
    }
}

/// A mount whose directory is open. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Opened {
    pub(super) mount: Arc<Mount>,
    pub(super) root: Root,
    /// Held while a file takes its place, so that conditions are looked at and then still hold.
    pub(super) changes: Arc<Mutex<()>>,
}

impl Opened {
    /// Opens a mount, and removes what an earlier program left half-written.
    pub(super) fn open(mount: Mount) -> Result<Self, Error> {
        mount.check()?;
        if mount.write {
            fs::create_dir_all(&mount.directory).map_err(|cause| {
                let directory = mount.directory.display();
                mount.mistake(&format!("could not make its directory `{directory}`: {cause}"))
            })?;
        }
        let root = Root::open(&mount.directory, &format!("the mount `{}`'s", mount.name))?;
        if mount.write {
            sweep::remove_stale(root.dir());
        }
        Ok(Opened { mount: Arc::new(mount), root, changes: Arc::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_has_files_of_its_extensions_only() {
        let any = Mount::new("any", "");
        assert!(any.has("a") && any.has("a.png"));
        let extensions = vec!["png".to_owned(), "jpg".to_owned()];
        let pictures = Mount { extensions, ..Mount::new("pictures", "") };
        assert!(pictures.has("a.png") && pictures.has("b/a.tar.JPG"));
        for name in ["a", "png", "a.png.html", "a.png/b", "a.pn"] {
            assert!(!pictures.has(name), "{name}");
        }
    }

    #[test]
    fn a_mount_says_what_it_answers() {
        let mount = Mount::new("a", "");
        assert_eq!(mount.methods(), "GET, HEAD, OPTIONS");
        let all = Mount { write: true, delete: true, ..mount };
        assert_eq!(all.methods(), "GET, HEAD, PUT, POST, DELETE, OPTIONS");
    }

    #[test]
    fn a_name_that_no_path_can_have_is_refused() {
        for name in ["", "a b", "a/b", "..", "Ä", "Upper"] {
            let refused = Mount::new(name, "").check().expect_err(name);
            assert!(refused.message().contains("has to be named in"), "{refused}");
        }
        let dotted = Mount { extensions: vec![".png".to_owned()], ..Mount::new("a", "") };
        assert!(dotted.check().is_err());
        assert!(Mount::new("my-files_2", "").check().is_ok());
    }
}
