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
        let at = expect(json.as_bytes(), 0, b'{')?;
        Ok(Members { json, at, is_first: true })
    }

    /// The next one; `None` behind the last, with which the text ends.
    pub(crate) fn next(&mut self) -> Result<Option<(&'a str, &'a str)>, Unusual> {
        let bytes = self.json.as_bytes();
        let mut at = over_spaces(bytes, self.at);
        if bytes.get(at) == Some(&b'}') {
            let is_over = over_spaces(bytes, at + 1) == bytes.len();
            return if is_over { Ok(None) } else { Err(Unusual) };
        }
        if !std::mem::take(&mut self.is_first) {
            at = expect(bytes, at, b',')?;
        }
        let key_start = expect(bytes, at, b'"')?;
        let key_end = key_end(bytes, key_start)?;
        let value_start = over_spaces(bytes, expect(bytes, key_end + 1, b':')?);
        let value_end = value_end(self.json, value_start).ok_or(Unusual)?;
        let key = self.json.get(key_start..key_end).ok_or(Unusual)?;
        let value = self.json.get(value_start..value_end).ok_or(Unusual)?;
        self.at = value_end;
        if value.is_empty() { Err(Unusual) } else { Ok(Some((key, value))) }
    }
}

/// Where the next byte is that is no space.
fn over_spaces(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(|byte| is_space(*byte)) {
        at += 1;
    }
    at
}

/// Behind this byte, which is to be the next that is no space.
fn expect(bytes: &[u8], at: usize, byte: u8) -> Result<usize, Unusual> {
    let at = over_spaces(bytes, at);
    if bytes.get(at) == Some(&byte) { Ok(at + 1) } else { Err(Unusual) }
}

/// Where the quote is that closes a key, which is short and has no escapes.
fn key_end(bytes: &[u8], mut at: usize) -> Result<usize, Unusual> {
    loop {
        match bytes.get(at) {
            Some(b'"') => return Ok(at),
            Some(b'\\') | None => return Err(Unusual),
            Some(_) => at += 1,
        }
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
            while !matches!(*bytes.get(at)?, b',' | b'}' | b' ' | b'\t' | b'\r' | b'\n') {
                at += 1;
            }
            return Some(at);
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
    byte <= b' ' && matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Reads a number as JSON writes those that are whole and not negative.
pub(super) fn whole_number(json: &str) -> Option<u64> {
    match json.as_bytes() {
        b"0" => Some(0),
        [] | [b'0', ..] => None,
        digits => digits.iter().try_fold(0_u64, |number, digit| {
            let digit = digit.checked_sub(b'0').filter(|digit| *digit <= 9)?;
            number.checked_mul(10)?.checked_add(digit.into())
        }),
    }
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
