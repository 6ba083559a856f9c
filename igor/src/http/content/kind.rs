//! Kinds: the media type of a file, by the extension of its name and by nothing else.

use hyper::header::HeaderValue;
use mime_guess::{Mime, mime};

/// The media type of a file of this name.
pub(in crate::http) fn of_name(name: &str) -> HeaderValue {
    let kind = guessed(name);
    let is_text = kind.type_() == mime::TEXT
        || matches!(kind.subtype().as_str(), "javascript" | "json" | "manifest+json");
    let kind = if is_text { format!("{kind}; charset=utf-8") } else { kind.to_string() };
    HeaderValue::try_from(kind)
        .unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"))
}

/// Whether a file of this name does nothing where it is shown: a picture, a sound, a film, plain
/// text. What is not known to be harmless is not.
pub(in crate::http) fn is_passive(name: &str) -> bool {
    let kind = guessed(name);
    match kind.type_().as_str() {
        "image" => kind.suffix() != Some(mime::XML),
        "audio" | "video" => true,
        _ => kind == mime::TEXT_PLAIN,
    }
}

fn guessed(name: &str) -> Mime {
    mime_guess::from_path(name).first_or_octet_stream()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_says_that_it_is_utf_8() {
        assert_eq!(of_name("a.html"), "text/html; charset=utf-8");
        assert_eq!(of_name("a.js"), "text/javascript; charset=utf-8");
        assert_eq!(of_name("a.png"), "image/png");
        assert_eq!(of_name("a"), "application/octet-stream");
    }

    #[test]
    fn what_can_run_is_not_passive() {
        for name in ["a.png", "A.JPG", "a.webp", "a.mp4", "a.mp3", "a.txt", "a.tar.png"] {
            assert!(is_passive(name), "{name}");
        }
        for name in
            ["a.html", "a.xhtml", "a.svg", "a.svgz", "a.xml", "a.js", "a.pdf", "a", "a.png.html"]
        {
            assert!(!is_passive(name), "{name}");
        }
    }
}
