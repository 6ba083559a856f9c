//! The first frame of a socket.

use serde_json::Value;

use crate::error::Code;
use crate::wire::hello::{Hello, refusal};

/// Reads bytes as a hello.
///
/// # Panics
///
/// When one is accepted that is out of bounds, or a refusal is none that can be sent.
pub fn hello(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    match Hello::read(text) {
        Ok(hello) => {
            let Hello { session, key, page, contract, name, .. } = hello;
            for (word, least) in [(&session, 16), (&key, 32), (&page, 1), (&contract, 0)] {
                assert!((least..=128).contains(&word.len()), "{word} in {text}");
            }
            assert!(name.is_none_or(|name| (1..=128).contains(&name.len())), "{text}");
        }
        Err(error) => {
            // A name can be refused that is well-formed.
            assert!(matches!(error.code(), Code::BadFrame | Code::Forbidden), "{error}");
            let refusal = refusal(&error);
            assert!(refusal.len() < 4 << 10, "too long: {error}");
            let refusal: Value = serde_json::from_slice(&refusal).expect("JSON");
            assert_eq!(refusal["close"], true);
        }
    }
}
