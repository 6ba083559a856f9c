//! The rows: every serde attribute and every common type that data follows.

mod fields;
mod flattened;
mod others;
mod shapes;
mod standard;
mod tags;

use crate::row::Row;

/// All of them.
pub(crate) fn all() -> Vec<Row> {
    [fields::all(), flattened::all(), others::all(), shapes::all(), standard::all(), tags::all()]
        .into_iter()
        .flatten()
        .collect()
}
