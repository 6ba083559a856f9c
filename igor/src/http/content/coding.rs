//! Codings: the compressed forms of a file that may lie beside it.

use hyper::header::{ACCEPT_ENCODING, HeaderMap};

/// A compressed form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) struct Coding {
    /// What HTTP calls it.
    pub(super) name: &'static str,
    /// What its files end in, behind the whole name of the other.
    pub(super) ending: &'static str,
}

/// The smaller one first.
const CODINGS: [Coding; 2] =
    [Coding { name: "br", ending: ".br" }, Coding { name: "gzip", ending: ".gz" }];

/// The forms that a request takes, the best first.
pub(in crate::http) fn accepted(headers: &HeaderMap) -> Vec<Coding> {
    CODINGS.into_iter().filter(|coding| is_accepted(headers, coding.name)).collect()
}

/// Whether the request names it with any weight but 0. What is not named is not sent: programs that
/// do not decompress send `*` alone.
fn is_accepted(headers: &HeaderMap, name: &str) -> bool {
    let lines = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|element| {
        let (coding, weight) = element.split_once(';').unwrap_or((element, ""));
        let weight = weight.trim().strip_prefix("q=").unwrap_or("1");
        coding.trim().eq_ignore_ascii_case(name)
            && weight.trim().parse::<f32>().is_ok_and(|weight| weight > 0.0)
    })
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    #[test]
    fn the_best_form_that_is_taken_comes_first() {
        for (line, names) in [
            ("gzip, deflate, br, zstd", vec!["br", "gzip"]),
            ("GZIP;q=0.5", vec!["gzip"]),
            ("br;q=0, gzip", vec!["gzip"]),
            ("br; q=0.000", vec![]),
            ("br;q=x", vec![]),
            ("identity, *", vec![]),
            ("", vec![]),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(line))]);
            let found: Vec<_> = accepted(&headers).iter().map(|coding| coding.name).collect();
            assert_eq!(found, names, "{line}");
        }
    }
}
