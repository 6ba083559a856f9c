//! Values to JSON, exactly: what JavaScript would round or lose is refused.

mod bounded;
mod compact;
mod compound;
mod exact;
mod trace;

use std::hash::{BuildHasher, Hasher, RandomState};
use std::mem;

use bytes::Bytes;
use serde::Serialize;

use crate::error::{Code, Error};
use crate::exact::frame::{gather, gather_marked};
use crate::wire::encode::bounded::Bounded;
use crate::wire::encode::compact::Compact;
use crate::wire::encode::exact::Exact;
use crate::wire::encode::trace::Trace;
use crate::wire::keys;

/// Appends the value as JSON, as long as there are at most so many bytes; gives what is to be
/// attached to it, `None` where the frame can be text.
///
/// # Errors
///
/// `unsendable`, with the path, when JSON or JavaScript cannot hold the value exactly; `too_large`
/// when there would be more bytes. What was appended so far is then of no use.
pub(crate) fn write<T: Serialize + ?Sized>(
    value: &T,
    json: &mut Vec<u8>,
    most_bytes: usize,
) -> Result<Option<Vec<Bytes>>, Error> {
    let start = json.len();
    let (written, gathered) = gather(|| append(value, json, most_bytes));
    written?;
    let Some(gathered) = gathered.filter(|gathered| gathered.signs > 0) else { return Ok(None) };
    let signs = json[start..].windows(2).filter(|pair| *pair == b"\"$").count();
    if signs == gathered.signs {
        return Ok(Some(gathered.attachments));
    }
    json.truncate(start);
    escaped(value, json).map(Some)
}

/// Appends the value once more, whose own keys may begin with `$`: they get one more. The signs are
/// told from them by a mark that nobody can have guessed. It was within its bound without.
fn escaped<T: Serialize + ?Sized>(value: &T, json: &mut Vec<u8>) -> Result<Vec<Bytes>, Error> {
    let mark = format!("igor-{:016x}-", RandomState::new().build_hasher().finish());
    let mut marked = Vec::new();
    let (written, gathered) =
        gather_marked(mark.clone(), || append(value, &mut marked, usize::MAX));
    written?;
    let marked = String::from_utf8(marked)
        .map_err(|_| Error::new(Code::Unsendable, "JSON that is ready is not UTF-8"))?;
    let escaped = keys::change(&marked, |key, _| {
        let sign = key.strip_prefix(&mark).map(str::to_owned);
        Ok::<_, Error>(sign.or_else(|| key.starts_with('$').then(|| format!("${key}"))))
    })?;
    json.extend_from_slice(escaped.as_ref().unwrap_or(&marked).as_bytes());
    Ok(gathered.map(|gathered| gathered.attachments).unwrap_or_default())
}

fn append<T: Serialize + ?Sized>(
    value: &T,
    json: &mut Vec<u8>,
    most_bytes: usize,
) -> Result<(), Error> {
    let trace = Trace::default();
    let bounded = Bounded::new(mem::take(json), most_bytes);
    let mut serializer = serde_json::Serializer::with_formatter(bounded, Compact::default());
    let written = value.serialize(Exact::new(&mut serializer, &trace));
    *json = serializer.into_inner().into_bytes();
    written.map_err(|cause| match cause.is_io() {
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
