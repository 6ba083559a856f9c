//! Last frames of calls, without their numbers.

use serde_json::{Value, json};

/// The call ended with this value.
pub fn result(data: impl Into<Value>) -> Value {
    json!({ "data": data.into(), "close": true })
}

/// The call ended by this error.
pub fn failure(code: u16, text: &str) -> Value {
    json!({ "error": text, "code": code, "close": true })
}
