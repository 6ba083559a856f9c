//! The path of a file.

use std::path::{Component, Path};

use crate::http::file_name;

/// Reads bytes as what stands behind the name of a mount.
///
/// # Panics
///
/// When a name is made of it that leads elsewhere on some system, or that is not read from its own
/// path.
pub fn path(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let Some(name) = file_name(text) else { return };
    assert!(!name.is_empty() && !name.contains(is_unclear), "{text:?} names {name:?}");
    for component in Path::new(&name).components() {
        assert!(matches!(component, Component::Normal(_)), "{text:?} names {name:?}");
    }
    for segment in name.split('/') {
        assert!(segment.len() <= 255 && !segment.ends_with(['.', ' ']), "{text:?} names {name:?}");
        assert!(!segment.to_ascii_lowercase().starts_with(".igor-"), "{text:?} names {name:?}");
    }
    // However much of it is encoded, a name is one file's.
    let own: Vec<String> = name.split('/').map(encoded).collect();
    assert_eq!(file_name(&own.join("/")).as_deref(), Some(name.as_str()), "{text:?}");
}

fn is_unclear(sign: char) -> bool {
    sign.is_control() || matches!(sign, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
}

/// Every byte of it as `%41`.
fn encoded(segment: &str) -> String {
    segment.bytes().map(|byte| format!("%{byte:02x}")).collect()
}
