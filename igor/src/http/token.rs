//! The token: the secret that whoever opens a socket has to show.

mod file;

use std::env;
use std::fmt;
use std::path::PathBuf;

use directories::BaseDirs;

use crate::error::Error;
use crate::session::secret;

/// The least length of a given token in bytes, so that it cannot be guessed.
const SHORTEST_BYTES: usize = 16;

/// The secret by which a server knows its clients.
///
/// By default it is made once and kept in a file that only the user can read, in their state
/// directory, under the name of the program; so pages that are open come back by themselves when
/// the program is started again.
#[derive(Clone, Debug, Default)]
pub struct Token(Kind);

#[derive(Clone, Debug, Default)]
enum Kind {
    #[default]
    Kept,
    KeptIn(PathBuf),
    Given(Secret),
    None,
}

impl Token {
    /// A token that is made once and kept for this program; the default.
    pub fn kept() -> Self {
        Token(Kind::Kept)
    }

    /// A token that is made once and kept in this file: for a program that has a place of its own
    /// for such things.
    pub fn kept_in(file: impl Into<PathBuf>) -> Self {
        Token(Kind::KeptIn(file.into()))
    }

    /// This token, of at least 16 bytes: for a program that gets it from whoever starts it.
    pub fn given(token: impl Into<String>) -> Self {
        Token(Kind::Given(Secret(token.into())))
    }

    /// No token: whatever runs on this machine, under any user, can call every action. Pages of
    /// other origins are still refused.
    pub fn dangerously_without_token() -> Self {
        Token(Kind::None)
    }

    /// One that is made and kept nowhere, in place of one that is kept.
    ///
    /// # Errors
    ///
    /// `internal` when the system has no randomness to give.
    #[cfg(feature = "testing")]
    pub(crate) fn passing(self) -> Result<Self, Error> {
        match self.0 {
            Kind::Kept | Kind::KeptIn(_) => Ok(Token::given(secret::random::<32>()?)),
            Kind::Given(_) | Kind::None => Ok(self),
        }
    }

    /// Where it comes from, for people.
    pub(crate) fn origin(&self) -> String {
        match &self.0 {
            Kind::Kept => match program_file() {
                Ok(path) => format!("made once, kept in `{}`", path.display()),
                Err(error) => error.message().to_owned(),
            },
            Kind::KeptIn(path) => format!("made once, kept in `{}`", path.display()),
            Kind::Given(_) => "given by the program".to_owned(),
            Kind::None => "none".to_owned(),
        }
    }

    /// What is dangerous about it.
    pub(crate) fn danger(&self) -> Option<String> {
        matches!(self.0, Kind::None).then(|| {
            "`dangerously_without_token`: whatever reaches the server, any user's program \
             included, can call every action"
                .to_owned()
        })
    }

    /// The secret itself, made now if it is kept and was not made before.
    pub(crate) fn resolve(&self) -> Result<Option<Secret>, Error> {
        match &self.0 {
            Kind::Kept => file::keep(&program_file()?).map(Some),
            Kind::KeptIn(path) => file::keep(path).map(Some),
            Kind::Given(secret) if secret.0.len() < SHORTEST_BYTES => {
                let text = format!("a given token has at least {SHORTEST_BYTES} bytes");
                Err(Error::mistake(text))
            }
            Kind::Given(secret) => Ok(Some(secret.clone())),
            Kind::None => Ok(None),
        }
    }
}

/// Text that no log shows.
#[derive(Clone)]
pub(crate) struct Secret(String);

impl Secret {
    /// Whether this is it, in a time that does not depend on where it differs.
    pub(crate) fn is(&self, shown: &str) -> bool {
        secret::is_same(&self.0, shown)
    }

    /// The text, to be handed to who may know it.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Secret(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Where the token of this program is kept.
fn program_file() -> Result<PathBuf, Error> {
    let directories = BaseDirs::new().ok_or_else(|| homeless("the user has no home directory"))?;
    let state = directories.state_dir().unwrap_or_else(|| directories.data_local_dir());
    let program = env::current_exe().map_err(|cause| homeless(&cause.to_string()))?;
    let name = program.file_stem().ok_or_else(|| homeless("the program has no name"))?;
    Ok(state.join("igor").join(name).join("token"))
}

fn homeless(why: &str) -> Error {
    let text = format!(
        "there is no place to keep the token: {why}; name one with `Token::kept_in`, or give the \
         token with `Token::given`"
    );
    Error::mistake(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_token_is_refused() {
        assert!(Token::given("x".repeat(SHORTEST_BYTES)).resolve().is_ok());
        let error = Token::given("secret").resolve().expect_err("too short");
        assert!(!error.to_string().contains("secret"));
    }

    #[test]
    fn no_token_only_by_that_name() {
        assert!(Token::dangerously_without_token().resolve().is_ok_and(|token| token.is_none()));
    }

    #[test]
    fn a_token_is_never_shown_by_debug() {
        let token = Token::given("a-secret-that-nobody-may-see");
        assert!(!format!("{token:?}").contains("nobody"));
    }
}
