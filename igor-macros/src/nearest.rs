//! Which of a few words was meant by one that is none of them.

/// The word that was meant, where one is so near that it can only be a slip.
pub(crate) fn nearest<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let most = (given.chars().count() / 3).max(1);
    known
        .map(|word| (if word.starts_with(given) { 1 } else { distance(given, word) }, word))
        .filter(|(slips, _)| *slips <= most)
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, word)| word)
}

/// How many letters have to be added, left out or replaced to make one of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (above, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = above + 1;
        for (at, known) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *known);
            diagonal = row[at + 1];
            row[at + 1] = replaced.min(diagonal + 1).min(row[at] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 4] = ["blocking", "no_cancel", "rate", "timeout"];

    #[test]
    fn a_slip_is_seen_and_another_word_is_not() {
        for (given, meant) in [
            ("blockng", Some("blocking")),
            ("block", Some("blocking")),
            ("timout", Some("timeout")),
            ("time_out", Some("timeout")),
            ("nocancel", Some("no_cancel")),
            ("rates", Some("rate")),
            ("retry", None),
            ("name", None),
            ("x", None),
            ("größe", None),
        ] {
            assert_eq!(nearest(given, KNOWN.into_iter()), meant, "{given}");
        }
    }
}
