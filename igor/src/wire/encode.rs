//! Values to JSON, exactly: what JavaScript would round or lose is refused.

mod compound;
mod exact;
mod trace;

use serde::Serialize;

use crate::error::{Code, Error};
use crate::wire::encode::exact::Exact;
use crate::wire::encode::trace::Trace;

/// Appends the value as JSON.
///
/// # Errors
///
/// `unsendable`, with the path, when JSON or JavaScript cannot hold the value exactly; what was
/// appended so far is then of no use.
pub(crate) fn write<T: Serialize + ?Sized>(value: &T, json: &mut Vec<u8>) -> Result<(), Error> {
    let trace = Trace::default();
    let mut serializer = serde_json::Serializer::new(json);
    value
        .serialize(Exact::new(&mut serializer, &trace))
        .map_err(|cause| Error::new(Code::Unsendable, trace.message(&cause.to_string())))
}

/// Appends a text as a JSON string.
pub(crate) fn text(text: &str, json: &mut Vec<u8>) {
    // Writing a string to memory cannot fail.
    let _ = serde_json::to_writer(json, text);
}

#[cfg(test)]
mod tests;
