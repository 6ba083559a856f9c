//! The contract: one short hash for everything that a client was made from, and one for each name.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::registry::Registry;

/// The hashes of what a registry offers.
#[derive(Clone, Debug)]
pub struct Contract {
    /// The hash of the whole.
    pub hash: String,
    /// The hash of each name.
    pub names: BTreeMap<&'static str, String>,
}

impl Contract {
    /// The contract of a registry.
    pub fn of(_registry: &Registry) -> Result<Self, Error> {
        Ok(Contract { hash: String::new(), names: BTreeMap::new() })
    }
}
