//! Random secrets and ids, and their comparison.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;

use crate::error::Error;

/// The most random bytes that are asked for at once.
const MOST_BYTES: usize = 64;

/// Random bytes as text that is safe in a URL and in a header.
///
/// # Errors
///
/// `internal` when the system has no randomness to give.
pub(crate) fn random<const BYTES: usize>() -> Result<String, Error> {
    random_pair::<BYTES, 0>().map(|(text, _)| text)
}

/// Two such texts, for one call of the system.
///
/// # Errors
///
/// As [`random`].
pub(crate) fn random_pair<const ONE: usize, const OTHER: usize>() -> Result<(String, String), Error>
{
    const { assert!(ONE + OTHER <= MOST_BYTES) };
    let mut bytes = [0; MOST_BYTES];
    let bytes = &mut bytes[..ONE + OTHER];
    getrandom::fill(bytes).map_err(|cause| Error::internal(cause.to_string()))?;
    let (one, other) = bytes.split_at(ONE);
    Ok((text(one), text(other)))
}

/// Without the memory set to zero first, which `encode` asks the system's allocator for.
fn text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    URL_SAFE_NO_PAD.encode_string(bytes, &mut text);
    text
}

/// Whether two secrets are the same, in a time that does not depend on where they differ.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}
