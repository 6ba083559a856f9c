//! A sketch: the counts that become the portrait of a room.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::line::Line;
use crate::portrait::{Portrait, Tally};

/// How many names and words a portrait shows.
const SHOWN: usize = 8;

/// Shorter words say little about a room.
const SHORTEST_WORD: usize = 4;

const HOUR_MS: i64 = 3_600_000;

/// What was counted so far. What Igor himself said does not count.
#[derive(Debug, Default)]
pub(crate) struct Sketch {
    /// Lines that were looked at.
    lines: u32,
    /// Lines that were said by people.
    said: u32,
    words: u32,
    talkers: HashMap<String, u32>,
    favourites: HashMap<String, u32>,
    hours: [u32; 24],
    silence_ms: i64,
    before: Option<i64>,
}

impl Sketch {
    /// How many lines were looked at.
    pub(crate) fn lines(&self) -> u32 {
        self.lines
    }

    /// Looks at the next line.
    pub(crate) fn add(&mut self, line: &Line) {
        self.lines += 1;
        let Some(who) = &line.who else { return };
        self.said += 1;
        *self.talkers.entry(who.clone()).or_default() += 1;
        for word in line.text.split(|letter: char| !letter.is_alphanumeric()) {
            self.words += u32::from(!word.is_empty());
            if word.chars().count() >= SHORTEST_WORD {
                *self.favourites.entry(word.to_lowercase()).or_default() += 1;
            }
        }
        let hour = line.at.div_euclid(HOUR_MS).rem_euclid(24);
        if let Some(count) = usize::try_from(hour).ok().and_then(|hour| self.hours.get_mut(hour)) {
            *count += 1;
        }
        let pause = self.before.map_or(0, |before| line.at - before);
        self.silence_ms = self.silence_ms.max(pause);
        self.before = Some(line.at);
    }

    /// The portrait.
    pub(crate) fn finish(self) -> Portrait {
        Portrait {
            lines: self.said,
            words: self.words,
            talkers: most(self.talkers),
            favourites: most(self.favourites),
            hours: self.hours.to_vec(),
            silence_ms: self.silence_ms,
        }
    }
}

/// The most frequent first; among equals in alphabetical order.
fn most(counts: HashMap<String, u32>) -> Vec<Tally> {
    let mut tallies: Vec<Tally> =
        counts.into_iter().map(|(of, count)| Tally { of, count }).collect();
    tallies.sort_by(|a, b| (Reverse(a.count), &a.of).cmp(&(Reverse(b.count), &b.of)));
    tallies.truncate(SHOWN);
    tallies
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(who: Option<&str>, text: &str, at: i64) -> Line {
        let who = who.map(str::to_owned);
        Line { id: 0, room: "lobby".to_owned(), who, text: text.to_owned(), picture: None, at }
    }

    #[test]
    fn people_words_hours_and_silences_are_counted() {
        let mut sketch = Sketch::default();
        sketch.add(&line(Some("Ada"), "Bring the lantern", HOUR_MS));
        sketch.add(&line(Some("Ben"), "a lantern?", HOUR_MS + 5));
        sketch.add(&line(Some("Ada"), "the Lantern!", 3 * HOUR_MS));
        let portrait = sketch.finish();
        assert_eq!((portrait.lines, portrait.words), (3, 7));
        let tally = |of: &str, count| Tally { of: of.to_owned(), count };
        assert_eq!(portrait.talkers, [tally("Ada", 2), tally("Ben", 1)]);
        assert_eq!(portrait.favourites, [tally("lantern", 3), tally("bring", 1)]);
        assert_eq!(portrait.hours[..4], [0, 2, 0, 1]);
        assert_eq!(portrait.silence_ms, 2 * HOUR_MS - 5);
    }

    #[test]
    fn what_igor_says_is_looked_at_but_does_not_count() {
        let mut sketch = Sketch::default();
        sketch.add(&line(None, "Somebody should dust the lantern", 0));
        assert_eq!(sketch.lines(), 1);
        let portrait = sketch.finish();
        assert_eq!((portrait.lines, portrait.words), (0, 0));
    }
}
