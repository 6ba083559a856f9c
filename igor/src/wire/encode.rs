//! Values to JSON, exactly: what JavaScript would round or lose is refused.

mod bounded;
mod compound;
mod exact;
mod trace;

use serde::Serialize;

use crate::error::{Code, Error};
use crate::wire::encode::bounded::Bounded;
use crate::wire::encode::exact::Exact;
use crate::wire::encode::trace::Trace;

/// Appends the value as JSON, as long as there are at most so many bytes.
///
/// # Errors
///
/// `unsendable`, with the path, when JSON or JavaScript cannot hold the value exactly; `too_large`
/// when there would be more bytes. What was appended so far is then of no use.
pub(crate) fn write<T: Serialize + ?Sized>(
    value: &T,
    json: &mut Vec<u8>,
    most_bytes: usize,
) -> Result<(), Error> {
    let trace = Trace::default();
    let mut serializer = serde_json::Serializer::new(Bounded::new(json, most_bytes));
    value.serialize(Exact::new(&mut serializer, &trace)).map_err(|cause| match cause.is_io() {
        true => Error::too_large(most_bytes),
        false => Error::new(Code::Unsendable, trace.message(&cause.to_string())),
    })
}

/// Appends a text as a JSON string.
pub(crate) fn text(text: &str, json: &mut Vec<u8>) {
    // Writing a string to memory cannot fail.
    let _ = serde_json::to_writer(json, text);
}

#[cfg(test)]
mod tests;
