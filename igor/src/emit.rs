//! The generated client: `igor-client.ts`, from what is linked into a program.
//!
//! A client is written by the build step, by a test, or by the program itself. Neither macros nor
//! the `build.rs` of the very crate with the actions can see the whole of what is linked; a crate
//! of actions that is a dependency *and* a build-dependency of the program can be seen by its
//! build script:
//!
//! ```toml
//! [dependencies]
//! my-api = { path = "api" }
//!
//! [build-dependencies]
//! my-api = { path = "api" }
//! igor = { path = "../../igor/igor" }
//! ```
//!
//! ```no_run
//! // build.rs
//! # mod my_api {}
//! use my_api as _; // links the actions into the script
//!
//! fn main() {
//!     igor::emit::build("ui/igor-client.ts");
//! }
//! ```
//!
//! Cargo runs the script again whenever the actions change. Whoever has one crate only keeps the
//! client up to date by a test ([`assert_current`]), or lets the program write it when it starts in
//! development ([`client()`]).

mod client;
mod diff;
mod docs;
mod expected;
mod file;
mod layout;
mod modules;
mod own;
mod reserved;
mod schema;
mod stubs;
mod witness;

use std::io;
use std::path::Path;

use crate::contract::Catalog;
use crate::error::{Error, Result};
use crate::registry::Registry;
pub use diff::{Breaks, Change, diff};
pub use schema::schema;
pub(crate) use schema::text as schema_of;

/// Writes the client of everything that is linked, if it is not there already.
///
/// The path ends in `.ts`, or in `.js` for a client without types that a page uses without a
/// bundler; or in `.json` for the [`schema`], which is kept beside a client so that changes can be
/// told in words. A relative path starts at the current directory, which for a program is wherever
/// it was started, so name the crate's:
///
/// ```no_run
/// # fn main() -> igor::Result<()> {
/// if cfg!(debug_assertions) {
///     igor::emit::client(concat!(env!("CARGO_MANIFEST_DIR"), "/ui/igor-client.ts"))?;
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// As [`Emit::client`].
pub fn client(path: impl AsRef<Path>) -> Result<()> {
    Emit::default().client(path)
}

/// Writes the client of everything that is linked, from a `build.rs`; as [`Emit::build`].
pub fn build(path: impl AsRef<Path>) {
    Emit::default().build(path);
}

/// Fails a test when a client is not the one that would be written now; as
/// [`Emit::assert_current`].
///
/// # Panics
///
/// As [`Emit::assert_current`].
#[track_caller]
pub fn assert_current(path: impl AsRef<Path>) {
    Emit::default().assert_current(path);
}

/// What a client is made from, and how. Each field's default stands behind the semicolon.
///
/// ```no_run
/// use igor::emit::{Emit, Runtime};
///
/// // build.rs, where the page has the package `igor-client-ts` from npm
/// let emit = Emit { runtime: Runtime::Package, ..Emit::default() };
/// emit.build("ui/igor-client.ts");
/// ```
#[derive(Clone, Debug)]
pub struct Emit {
    /// What the client can call; everything that is linked into this program.
    pub registry: Registry,
    /// Where the client's runtime is; in the file itself.
    pub runtime: Runtime,
    /// The names of the server's [mounts](crate::Mount) that the page uses; none. Where there are
    /// some, the client has `igor.files`, which knows them by these names.
    pub mounts: Vec<String>,
    /// Whether the page may run in a window of Electron, where `connect()` asks the main process
    /// for the server; false. In a browser such a client is like any other.
    pub desktop: bool,
    /// Whether the client checks each value that the server sends against its type, and reports
    /// what does not fit to `igor.onMismatch` or the console; false. This makes the client larger
    /// and slower, so it is for development: `checks: cfg!(debug_assertions)`.
    pub checks: bool,
    /// Whether a call may name the trace that it belongs to, by its option `traceparent` or by
    /// `igor.traceBy`; false. See [`Traceparent`](crate::Traceparent).
    pub traces: bool,
}

/// Where a client gets its runtime from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Runtime {
    /// It is part of the same file: there is nothing to install, and the versions cannot differ.
    #[default]
    Inside,
    /// It is imported from the npm package `igor-client-ts`, so that several clients share it.
    Package,
}

/// What a client is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// With types, for a bundler or a compiler.
    TypeScript,
    /// The same without types, for `<script type="module">`.
    JavaScript,
}

impl Default for Emit {
    fn default() -> Self {
        Emit {
            registry: Registry::linked(),
            runtime: Runtime::Inside,
            mounts: Vec::new(),
            desktop: false,
            checks: false,
            traces: false,
        }
    }
}

impl Emit {
    /// The variable that makes [`Emit::assert_current`] write instead of compare.
    const REFRESH: &str = "IGOR_EMIT";

    /// The text of the client.
    ///
    /// # Errors
    ///
    /// `internal`, with a line for each mistake: what [`Registry::check`] finds, two types of one
    /// name, and types with a name that the client needs for itself.
    pub fn text(&self, language: Language) -> Result<String> {
        client::written(&Catalog::of(&self.registry)?, language, self)
    }

    /// The schema of what the client can call; as [`schema`].
    ///
    /// # Errors
    ///
    /// As [`schema`].
    pub fn schema(&self) -> Result<String> {
        schema_of(&self.registry)
    }

    /// Writes the client, if it is not there already: a file that is as it should be is not
    /// touched, and one that is not is replaced in one step. Directories are made.
    ///
    /// # Errors
    ///
    /// As [`Emit::text`]; and `internal`, with the path, when the file cannot be read or written,
    /// ends neither in `.ts` nor in `.js`, or has something in it that igor did not write.
    pub fn client(&self, path: impl AsRef<Path>) -> Result<()> {
        self.refresh(path.as_ref()).map(drop)
    }

    /// Writes the client from a `build.rs`, where a relative path begins at the crate's root.
    ///
    /// It tells Cargo to run the script again when the script or the client was changed; what is
    /// linked into the script is watched anyway. What goes wrong is an error of the build. When a
    /// schema is written anew, a warning tells of each change that breaks somebody.
    pub fn build(&self, path: impl AsRef<Path>) {
        let path = path.as_ref();
        if path.extension().is_some_and(|it| it == "json") {
            for change in self.changes(path).iter().filter(|it| it.breaks != Breaks::Nobody) {
                println!("cargo::warning={change}");
            }
        }
        println!("cargo::rerun-if-changed=build.rs");
        println!("cargo::rerun-if-changed={}", path.display());
        match self.refresh(path) {
            Ok(Written::Now) => file::date_as_this_program(path),
            Ok(Written::Before) => {}
            Err(error) => {
                for line in error.message().lines() {
                    println!("cargo::error={line}");
                }
            }
        }
    }

    /// Fails a test when a client that is kept with the source is not the one that would be written
    /// now. With `IGOR_EMIT=1` in the environment it writes it instead. Where the schema is kept
    /// beside it, under the same name with `.json` at its end, it says what changed.
    ///
    /// ```no_run
    /// #[test]
    /// fn the_client_is_current() {
    ///     igor::emit::assert_current("ui/igor-client.ts");
    /// }
    /// ```
    ///
    /// # Panics
    ///
    /// When the client is another, or cannot be made; the message says what to do.
    #[track_caller]
    pub fn assert_current(&self, path: impl AsRef<Path>) {
        let path = path.as_ref();
        let found = if std::env::var_os(Emit::REFRESH).is_some() {
            self.client(path).map(|()| true)
        } else {
            self.is_current(path)
        };
        match found {
            Ok(true) => {}
            Ok(false) => {
                let changes = self.changes(&path.with_extension("json"));
                let changes: Vec<_> = changes.iter().map(|change| format!("\n{change}")).collect();
                panic!(
                    "`{}` is not the client of what is linked here: write it anew by `{}=1 cargo \
                     test`{}",
                    path.display(),
                    Emit::REFRESH,
                    changes.concat(),
                )
            }
            Err(error) => panic!("{}", error.message()),
        }
    }

    /// What changed since a schema was kept; nothing, where none is kept.
    fn changes(&self, kept: &Path) -> Vec<Change> {
        let Ok(old) = std::fs::read_to_string(kept) else { return Vec::new() };
        let changes = self.schema().and_then(|new| diff(&old, &new));
        // A file that is not a schema has nothing to compare; writing over it reports that.
        changes.unwrap_or_default()
    }

    fn text_for(&self, path: &Path) -> Result<String> {
        language_of(path)?.map_or_else(|| self.schema(), |language| self.text(language))
    }

    fn refresh(&self, path: &Path) -> Result<Written> {
        let text = self.text_for(path)?;
        if file::holds(path, &text).map_err(|error| failed("read", path, &error))? {
            return Ok(Written::Before);
        }
        let mark = language_of(path)?.map_or(schema::MARK, |_| client::MARK);
        if !file::is_free(path, mark).map_err(|error| failed("read", path, &error))? {
            return Err(Error::mistake(format!(
                "`{}` has something in it that igor did not write, and is left as it is: write to \
                 another file, or delete this one",
                path.display()
            )));
        }
        file::replace(path, &text).map_err(|error| failed("write", path, &error))?;
        Ok(Written::Now)
    }

    fn is_current(&self, path: &Path) -> Result<bool> {
        let text = self.text_for(path)?;
        file::holds(path, &text).map_err(|error| failed("read", path, &error))
    }
}

/// When a client was written that is as it should be.
enum Written {
    Now,
    Before,
}

/// What a file is written in; no language is that of the schema.
fn language_of(path: &Path) -> Result<Option<Language>> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("ts" | "mts") => Ok(Some(Language::TypeScript)),
        Some("js" | "mjs") => Ok(Some(Language::JavaScript)),
        Some("json") => Ok(None),
        _ => {
            let text = format!(
                "a client ends in `.ts` or `.js` and a schema in `.json`, not as `{}` does",
                path.display()
            );
            Err(Error::mistake(text))
        }
    }
}

fn failed(what: &str, path: &Path, error: &io::Error) -> Error {
    Error::mistake(format!("cannot {what} `{}`: {error}", path.display()))
}
