//! Values to JSON.

use serde::Serialize;

use crate::error::{Code, Error};

/// Appends the value as JSON.
///
/// # Errors
///
/// `unsendable`, with the path, when JSON or JavaScript cannot hold the value exactly; what was
/// appended so far is then of no use.
pub(crate) fn write<T: Serialize>(value: &T, json: &mut Vec<u8>) -> Result<(), Error> {
    serde_json::to_writer(json, value)
        .map_err(|cause| Error::new(Code::Unsendable, cause.to_string()))
}

/// Appends a text as a JSON string.
pub(crate) fn text(text: &str, json: &mut Vec<u8>) {
    // Writing a string to memory cannot fail.
    let _ = serde_json::to_writer(json, text);
}
