//! JSON to values, with the place of what does not fit.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::{Code, Error};

/// Reads `json` into its type, in one pass.
///
/// # Errors
///
/// `bad_data`, whose text begins with the path of what does not fit, below `root`.
pub(crate) fn read<T: DeserializeOwned>(json: &str, root: &str) -> Result<T, Error> {
    serde_json::from_str(json)
        .map_err(|cause| Error::new(Code::BadData, format!("`{root}`: {cause}")))
}

/// Reads `json` into a type that may borrow from it; see [`read`].
pub(crate) fn read_borrowed<'a, T: Deserialize<'a>>(json: &'a str, root: &str) -> Result<T, Error> {
    serde_json::from_str(json)
        .map_err(|cause| Error::new(Code::BadData, format!("`{root}`: {cause}")))
}
