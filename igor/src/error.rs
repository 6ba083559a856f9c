//! What can go wrong: one [`Error`] with a closed set of [`Code`]s, the same in Rust, in
//! TypeScript and on the wire.

use std::any::Any;
use std::error::Error as StdError;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// A [`std::result::Result`] whose error is igor's own unless said otherwise.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something was refused or failed; the whole set, closed on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// 400: not JSON, not an object, or a field of the wrong kind.
    BadFrame,
    /// 401: no token, or a wrong one.
    Unauthorized,
    /// 403: a guard refused, or the name belongs to somebody else.
    Forbidden,
    /// 404: there is no such action.
    UnknownAction,
    /// 408: the deadline of the call passed.
    DeadlineExceeded,
    /// 409: the name means something else on the other side.
    ContractMismatch,
    /// 413: larger than the limit of a message.
    TooLarge,
    /// 422: `data` does not fit the parameters of the action.
    BadData,
    /// 429: too many open calls, or a full queue.
    Overloaded,
    /// 450: the action's own typed error.
    ActionFailed,
    /// 452: a value that the wire cannot hold exactly.
    Unsendable,
    /// 499: the caller cancelled.
    Cancelled,
    /// 500: a panic or an unexpected error; the log has the details under the id in the text.
    Internal,
    /// 503: the server is draining.
    ShuttingDown,
    /// No number: raised locally when the session that carried a call is gone.
    SessionLost,
}

impl Code {
    /// Every code, in the order of its number.
    pub const ALL: [Code; 15] = [
        Code::BadFrame,
        Code::Unauthorized,
        Code::Forbidden,
        Code::UnknownAction,
        Code::DeadlineExceeded,
        Code::ContractMismatch,
        Code::TooLarge,
        Code::BadData,
        Code::Overloaded,
        Code::ActionFailed,
        Code::Unsendable,
        Code::Cancelled,
        Code::Internal,
        Code::ShuttingDown,
        Code::SessionLost,
    ];

    /// The number on the wire; `None` for [`Code::SessionLost`], which never travels.
    pub const fn number(self) -> Option<u16> {
        Some(match self {
            Code::BadFrame => 400,
            Code::Unauthorized => 401,
            Code::Forbidden => 403,
            Code::UnknownAction => 404,
            Code::DeadlineExceeded => 408,
            Code::ContractMismatch => 409,
            Code::TooLarge => 413,
            Code::BadData => 422,
            Code::Overloaded => 429,
            Code::ActionFailed => 450,
            Code::Unsendable => 452,
            Code::Cancelled => 499,
            Code::Internal => 500,
            Code::ShuttingDown => 503,
            Code::SessionLost => return None,
        })
    }

    /// The code that has this number.
    pub(crate) fn of_number(number: u16) -> Option<Self> {
        Code::ALL.into_iter().find(|code| code.number() == Some(number))
    }

    /// The name that TypeScript and the logs use.
    pub const fn name(self) -> &'static str {
        match self {
            Code::BadFrame => "bad_frame",
            Code::Unauthorized => "unauthorized",
            Code::Forbidden => "forbidden",
            Code::UnknownAction => "unknown_action",
            Code::DeadlineExceeded => "deadline_exceeded",
            Code::ContractMismatch => "contract_mismatch",
            Code::TooLarge => "too_large",
            Code::BadData => "bad_data",
            Code::Overloaded => "overloaded",
            Code::ActionFailed => "action_failed",
            Code::Unsendable => "unsendable",
            Code::Cancelled => "cancelled",
            Code::Internal => "internal",
            Code::ShuttingDown => "shutting_down",
            Code::SessionLost => "session_lost",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether a call that got no answer was run all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Executed {
    /// It was not run.
    No,
    /// It may have been.
    Unknown,
}

/// Igor's own error: why something was refused or failed.
///
/// The text of every code but [`Code::Internal`] is meant for the caller; of an internal error the
/// caller sees an id only, and the log has the text and the [`source`](StdError::source).
pub struct Error {
    code: Code,
    message: String,
    retry_after: Option<Duration>,
    executed: Option<Executed>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of the given code; the message says what was attempted and on what.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Error { code, message: message.into(), retry_after: None, executed: None, source: None }
    }

    /// The caller may not do this; the message is shown to the caller.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Error::new(Code::Forbidden, message)
    }

    /// Something failed for which the caller is not to blame: the log gets the cause, the caller an
    /// id by which it is found there.
    pub fn internal(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let source = cause.into();
        Error { source: Some(source), ..Error::new(Code::Internal, "an unexpected error") }
    }

    /// Something that the program has to be changed for, or its configuration; the message says
    /// what and how.
    pub(crate) fn mistake(message: impl Into<String>) -> Self {
        Error::new(Code::Internal, message)
    }

    /// All mistakes that were found, a line each; none is no error.
    pub(crate) fn of_mistakes(mistakes: &[String]) -> Result<()> {
        if mistakes.is_empty() { Ok(()) } else { Err(Error::mistake(mistakes.join("\n"))) }
    }

    /// Tells the caller after how long another attempt may succeed.
    #[must_use]
    pub fn retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    /// Something is larger than a message may be.
    pub(crate) fn too_large(most_bytes: usize) -> Self {
        let text = format!("a message is over the limit of {most_bytes} bytes");
        Error::new(Code::TooLarge, text)
    }

    /// The session is gone that was to bring an answer.
    pub(crate) fn session_lost(message: impl Into<String>, executed: Executed) -> Self {
        Error { executed: Some(executed), ..Error::new(Code::SessionLost, message) }
    }

    /// A new id for the log, where the cause must not reach the other end, or has no number there.
    pub(crate) fn logged_as(&self) -> Option<String> {
        // Each state has keys of its own, so that this is as good as random for telling one line
        // of a log from another.
        let is_hidden = self.code == Code::Internal || self.code.number().is_none();
        is_hidden.then(|| format!("{:016x}", RandomState::new().hash_one(0)))
    }

    /// What the other end is shown in place of an internal error.
    pub(crate) fn hidden(log_id: &str) -> Self {
        Error::new(Code::Internal, format!("internal error {log_id}"))
    }

    /// What a panic said, as an internal error.
    pub(crate) fn from_panic(panic: &(dyn Any + Send)) -> Self {
        let said = panic.downcast_ref::<&str>().copied();
        let said = said.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        Error::internal(format!("panicked: {}", said.unwrap_or("no text")))
    }

    /// What kind of error this is.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The text without the code.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Whether a call that got no answer was run all the same; known for [`Code::SessionLost`]
    /// only.
    pub fn executed(&self) -> Option<Executed> {
        self.executed
    }

    /// After how long another attempt may succeed, where that is known.
    pub fn retries_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

// A `main` that returns an error prints it by `Debug`: people read that, so it reads like a text.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        let mut cause = self.source();
        while let Some(source) = cause {
            let (text, next) = shown(source);
            write!(f, ": {text}")?;
            cause = next;
        }
        Ok(())
    }
}

/// The text of an error that is the program's own, and the error behind it. Whoever logs it has more
/// to do, as to answer a call, so that it may not panic here.
fn shown<'a>(
    error: &'a (dyn StdError + 'static),
) -> (String, Option<&'a (dyn StdError + 'static)>) {
    let shown = catch_unwind(AssertUnwindSafe(|| (error.to_string(), error.source())));
    shown.unwrap_or_else(|_| ("an error that panics when it is shown".to_owned(), None))
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<std::io::Error> for Error {
    fn from(cause: std::io::Error) -> Self {
        Error::internal(cause)
    }
}
