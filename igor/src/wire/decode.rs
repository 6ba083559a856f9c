//! JSON to values, with the place of what does not fit.

mod locate;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::error::{Code, Error};
use crate::wire::decode::locate::locate;
use crate::wire::path;

/// More characters of a reason are cut, because it may quote what the other end sent.
const MOST_REASON_CHARACTERS: usize = 300;

/// Reads `json` into its type, in one pass.
///
/// # Errors
///
/// `bad_data`, whose text begins with the path of what does not fit, below `root`; `bad_frame` when
/// it is not JSON.
pub(crate) fn read<'a, T: Deserialize<'a>>(json: &'a str, root: &str) -> Result<T, Error> {
    serde_json::from_str(json).map_err(|cause| match sound(json) {
        Ok(()) => Error::new(Code::BadData, misfit::<T>(json, root, &cause)),
        Err(error) => error,
    })
}

/// Whether a text is JSON, which whoever walked over it has not looked at.
fn sound(json: &str) -> Result<(), Error> {
    let looked = serde_json::from_str(json).map(|IgnoredAny| ());
    looked.map_err(|cause| Error::new(Code::BadFrame, format!("not JSON: {cause}")))
}

/// Says what of `json` does not fit its type, and where, after reading it into `T` has failed.
pub(super) fn misfit<'a, T: Deserialize<'a>>(
    json: &'a str,
    root: &str,
    cause: &serde_json::Error,
) -> String {
    // What was cut off is missing in any case; that is not what is asked.
    let fails = |start| serde_json::from_str::<T>(start).is_err_and(|cause| !cause.is_eof());
    explain(json, root, cause, &fails)
}

/// The part of [`misfit`] that is the same for every type; `fails` tells whether the start of a
/// text does not fit already.
fn explain<'a>(
    json: &'a str,
    root: &str,
    cause: &serde_json::Error,
    fails: &dyn Fn(&'a str) -> bool,
) -> String {
    let text = cause.to_string();
    let position = format!(" at line {} column {}", cause.line(), cause.column());
    let reason = text.strip_suffix(&position).unwrap_or(&text);
    // These are serde_json's words for JSON that is sound but not what the type wants.
    let reason = match reason {
        "recursion limit exceeded" => {
            return path::message(root, "nested deeper than 127 levels");
        }
        "expected value" => "expected the name of a variant, or an object with it as the only key",
        "trailing characters" => "one item more than expected",
        reason => reason,
    };
    let reason = match reason.char_indices().nth(MOST_REASON_CHARACTERS) {
        Some((end, _)) => format!("{}…", &reason[..end]),
        None => reason.to_owned(),
    };
    path::message(&locate(json, root, offset(json, cause), fails), &reason)
}

/// How many bytes had been read; everything if the error does not say.
fn offset(json: &str, cause: &serde_json::Error) -> usize {
    let Some(lines_before) = cause.line().checked_sub(1) else { return json.trim_end().len() };
    let before = json.split_inclusive('\n').take(lines_before).map(str::len).sum::<usize>();
    before + cause.column()
}

#[cfg(test)]
mod tests;
