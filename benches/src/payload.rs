//! What all servers are asked for, and what they answer.

use serde::{Deserialize, Serialize};

/// A line in a room: the answer to a small call.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Line {
    /// Who said it.
    pub who: String,
    /// What was said.
    pub text: String,
}

/// A row of a large call; about 100 bytes as JSON.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Row {
    /// Counts the rows.
    pub id: u32,
    /// A name of some length.
    pub name: String,
    /// A number with a fraction.
    pub value: f64,
    /// A few words.
    pub tags: Vec<String>,
}

/// An item of a stream, and what an event carries.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Count {
    /// Counts.
    pub n: u32,
}

/// The parameters of a small call.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Say {
    /// In which room.
    pub room: String,
    /// What.
    pub text: String,
}

/// The answer to a small call.
pub fn say(say: Say) -> Line {
    Line { who: say.room, text: say.text }
}

/// So many rows.
pub fn rows(count: u32) -> Vec<Row> {
    (0..count)
        .map(|id| Row {
            id,
            name: format!("the row that has the number {id}"),
            value: f64::from(id) * 1.25 + 0.1,
            tags: vec!["one".to_owned(), "two".to_owned(), "three".to_owned()],
        })
        .collect()
}
