//! JSON walked and not read: where the members of an object stand.
//!
//! serde_json checks all that it passes over, and who reads a value then checks it again: for a
//! small call that is a third of its cost. Here only the ends are found. Whoever reads a value reads
//! all of it, and comes upon what is no JSON then; what nobody reads is nobody's concern.

/// An object that is not written as usual, or no object: serde_json is to read it, or to say why it
/// cannot.
#[derive(Debug)]
pub(crate) struct Unusual;

/// Walks over the members of an object: the key as it stands between its quotes, and the value.
#[derive(Debug)]
pub(crate) struct Members<'a> {
    json: &'a str,
    at: usize,
    is_first: bool,
}

impl<'a> Members<'a> {
    /// Begins at the opening brace.
    pub(crate) fn of(json: &'a str) -> Result<Self, Unusual> {
        let mut members = Members { json, at: 0, is_first: true };
        members.expect(b'{')?;
        Ok(members)
    }

    /// The next one; `None` behind the last, with which the text ends.
    pub(crate) fn next(&mut self) -> Result<Option<(&'a str, &'a str)>, Unusual> {
        match (self.peek()?, self.is_first) {
            (b'}', _) => {
                self.at += 1;
                return if self.peek().is_err() { Ok(None) } else { Err(Unusual) };
            }
            (_, true) => self.is_first = false,
            (_, false) => self.expect(b',')?,
        }
        self.expect(b'"')?;
        let key = self.until(string_end(self.json, self.at))?;
        self.expect(b'"')?;
        self.expect(b':')?;
        self.peek()?;
        let value = self.until(value_end(self.json, self.at))?;
        if value.is_empty() || key.as_bytes().contains(&b'\\') {
            return Err(Unusual);
        }
        Ok(Some((key, value)))
    }

    /// The next byte that is no space.
    fn peek(&mut self) -> Result<u8, Unusual> {
        loop {
            let byte = *self.json.as_bytes().get(self.at).ok_or(Unusual)?;
            if !is_space(byte) {
                return Ok(byte);
            }
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), Unusual> {
        if self.peek()? != byte {
            return Err(Unusual);
        }
        self.at += 1;
        Ok(())
    }

    fn until(&mut self, end: Option<usize>) -> Result<&'a str, Unusual> {
        let end = end.ok_or(Unusual)?;
        let part = self.json.get(self.at..end).ok_or(Unusual)?;
        self.at = end;
        Ok(part)
    }
}

/// Where the quote is that closes a string whose first character is at `at`.
pub(super) fn string_end(json: &str, mut at: usize) -> Option<usize> {
    let bytes = json.as_bytes();
    loop {
        // Most bytes of most texts stand in strings: eight of them are looked at together.
        while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
            let eight = u64::from_le_bytes(*eight);
            let ends = holds(eight, b'"') | holds(eight, b'\\');
            if ends != 0 {
                at += ends.trailing_zeros() as usize / 8;
                break;
            }
            at += 8;
        }
        match *bytes.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// Sets the highest bit of the first of eight bytes that is this one, if one is; what it sets above
/// says nothing.
const fn holds(eight: u64, byte: u8) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    let zero_where_it_is = eight ^ (ONES * byte as u64);
    zero_where_it_is.wrapping_sub(ONES) & !zero_where_it_is & (ONES << 7)
}

/// Where the value ends that begins at `at`.
fn value_end(json: &str, mut at: usize) -> Option<usize> {
    let bytes = json.as_bytes();
    match *bytes.get(at)? {
        b'"' => return Some(string_end(json, at + 1)? + 1),
        b'{' | b'[' => {}
        // A number or a word, behind which stands what belongs to the object around.
        _ => {
            let is_over = |byte: &u8| matches!(byte, b',' | b'}') || is_space(*byte);
            return Some(at + bytes[at..].iter().position(is_over)?);
        }
    }
    let mut depth = 0_usize;
    loop {
        match *bytes.get(at)? {
            // Of letters, digits and what is between values there is most.
            b' ' | b'#'..=b'Z' | b'^'..=b'z' => {}
            b'"' => at = string_end(json, at + 1)?,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Reads a number as JSON writes those that are whole and not negative.
pub(super) fn whole_number(json: &str) -> Option<u64> {
    let is_plain = json == "0" || !json.starts_with(['0', '+']);
    is_plain.then_some(json)?.parse().ok()
}

/// Reads a string that is only printable ASCII and has no escapes.
pub(super) fn plain_text(json: &str) -> Option<&str> {
    let text = json.strip_prefix('"')?.strip_suffix('"')?;
    let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'\\');
    is_plain.then_some(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::value::RawValue;

    use super::*;

    fn all(json: &str) -> Result<Vec<(&str, &str)>, Unusual> {
        let mut members = Members::of(json)?;
        let mut all = Vec::new();
        while let Some(member) = members.next()? {
            all.push(member);
        }
        Ok(all)
    }

    #[test]
    fn members_are_found_where_they_stand() {
        let json = r#" { "a":1 ,"b": [ {"c":"]}\"\\"} ] , "d":"x","e":-1e5,"f":{}} "#;
        let expected = [
            ("a", "1"),
            ("b", r#"[ {"c":"]}\"\\"} ]"#),
            ("d", r#""x""#),
            ("e", "-1e5"),
            ("f", "{}"),
        ];
        assert_eq!(all(json).expect("an object"), expected);
        assert_eq!(all("{}").expect("an object"), []);
    }

    #[test]
    fn what_is_no_object_or_an_odd_one_is_left_to_serde() {
        let odd = [
            "",
            " ",
            "5",
            "[1]",
            "{",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":}",
            "{\"a\":1",
            "{\"a\":1,",
            "{\"a\":1}x",
            "{\"a\" 1}",
            "{a:1}",
            "{,}",
            "{\"a\":1 2}",
            "{\"\\u0061\":1}",
            "{\"a\":[1}",
            "{\"a\":\"x}",
            "{\"a\":1]",
        ];
        for json in odd {
            assert!(all(json).is_err(), "{json}");
        }
    }

    #[test]
    fn numbers_and_texts_are_read_only_in_their_usual_form() {
        assert_eq!(whole_number("0"), Some(0));
        assert_eq!(whole_number("18446744073709551615"), Some(u64::MAX));
        for odd in ["", "-1", "+1", "01", "00", "1.0", "1e3", "18446744073709551616", "\"1\""] {
            assert_eq!(whole_number(odd), None, "{odd}");
        }
        assert_eq!(plain_text(r#""chat.say""#), Some("chat.say"));
        for odd in ["", "\"", "chat", "\"a\\n\"", "\"\n\"", "\"é\"", "\"a\"b\""] {
            assert!(plain_text(odd).is_none_or(|text| text.contains('"')), "{odd}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_walked_to_its_end(text in r#"[\[\]{}",:\\ a1é]{0,40}"#) {
            let _ = all(&text);
            let _ = all(&format!("{{\"a\":{text}}}"));
        }

        #[test]
        fn of_json_it_finds_what_serde_finds(
            values in prop::collection::vec(r#"[\[\]{}",:\\ a1é]{0,20}"#, 0..4),
        ) {
            let values: Vec<_> = values.iter().map(|text| serde_json::json!([text, { "k": text }])).collect();
            let json = serde_json::json!({ "first": values.first(), "all": values, "n": 5 }).to_string();
            let expected: std::collections::BTreeMap<String, &RawValue> =
                serde_json::from_str(&json).expect("JSON");
            for (key, value) in all(&json).expect("an object") {
                prop_assert_eq!(expected[key].get(), value);
            }
        }
    }
}
