//! What is read from strangers, as plain functions over bytes that panic where a promise is broken.
//!
//! `igor/fuzz` lets libFuzzer look for such bytes; the tests here run whatever it has kept, and
//! mangle that a little, on every machine.

mod binary;
mod classic;
mod condition;
mod frame;
mod hello;
mod path;
mod range;
mod session;

pub use binary::binary;
pub use classic::classic;
pub use condition::condition;
pub use frame::frame;
pub use hello::hello;
pub use path::path;
pub use range::range;
pub use session::session;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// How often what is kept is mangled, in all.
    const MANGLED: usize = 3_000;

    /// Numbers that follow from each other.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, end: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 % end.max(1) as u64) as usize
        }

        /// Changes, repeats or leaves out a part.
        fn mangle(&mut self, bytes: &mut Vec<u8>) {
            let (one, other) = (self.below(bytes.len() + 1), self.below(bytes.len() + 1));
            let part = one.min(other)..one.max(other);
            match self.below(4) {
                0 => drop(bytes.drain(part)),
                1 => bytes.insert(one, self.below(256) as u8),
                2 => bytes.extend_from_within(part),
                _ => {
                    if let Some(byte) = bytes.get_mut(one) {
                        *byte ^= 1 << self.below(8);
                    }
                }
            }
        }
    }

    fn hold(target: &str, run: fn(&[u8])) {
        let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
        let mut corpus: Vec<Vec<u8>> = fs::read_dir(&kept)
            .expect("the corpus is beside the sources")
            .map(|entry| fs::read(entry.expect("an entry").path()).expect("a file"))
            .collect();
        assert!(corpus.len() >= 10, "{} files in `{}`", corpus.len(), kept.display());
        corpus.sort();
        corpus.iter().for_each(|bytes| run(bytes));
        let mut dice = Dice(0x5eed_07a1);
        for _ in 0..MANGLED {
            let mut bytes = corpus[dice.below(corpus.len())].clone();
            for _ in 0..=dice.below(4) {
                dice.mangle(&mut bytes);
            }
            run(&bytes);
        }
    }

    #[test]
    fn whatever_a_frame_is_it_is_read_or_refused_in_words() {
        hold("frame", frame);
    }

    #[test]
    fn whatever_a_binary_frame_is_it_is_read_or_refused_in_words() {
        hold("binary", binary);
    }

    #[test]
    fn whatever_a_classic_message_is_it_is_answered_on_its_stream_or_refused_in_words() {
        hold("classic", classic);
    }

    #[test]
    fn whatever_a_path_is_it_names_one_file_below_the_root_or_none() {
        hold("path", path);
    }

    #[test]
    fn whatever_a_range_is_it_is_inside_of_the_content() {
        hold("range", range);
    }

    #[test]
    fn whatever_the_conditions_are_they_do_not_contradict_each_other() {
        hold("condition", condition);
    }

    #[test]
    fn whatever_a_hello_is_it_is_within_bounds_or_refused_in_words() {
        hold("hello", hello);
    }

    #[test]
    fn whatever_a_client_does_its_session_keeps_its_promises() {
        hold("session", session);
    }
}
