//! JSON walked and not read: where the members of an object stand.
//!
//! serde_json checks all that it passes over, and who reads a value then checks it again: for a
//! small call that is a third of its cost. Here only the ends are found. Whoever reads a value reads
//! all of it, and comes upon what is no JSON then; what nobody reads is nobody's concern.

/// An object that is not written as usual, or no object: serde_json is to read it, or to say why it
/// cannot.
#[derive(Debug)]
pub(crate) struct Unusual;

/// Takes members of an object one by one, in the order in which they stand there, as long as nothing
/// stands between them: so programs write what they write often.
#[derive(Debug)]
pub(crate) struct InOrder<'a> {
    json: &'a str,
    /// Where the brace or the comma is that stands before the next member, or the brace behind the
    /// last.
    at: usize,
}

impl<'a> InOrder<'a> {
    /// Begins at the opening brace.
    pub(crate) fn of(json: &'a str) -> Result<Self, Unusual> {
        if json.starts_with('{') { Ok(InOrder { json, at: 0 }) } else { Err(Unusual) }
    }

    /// The whole number behind this, which is a key between its quotes and a colon, if it is what
    /// comes next.
    pub(crate) fn number<const N: usize>(&mut self, key: &[u8; N]) -> Result<Option<u64>, Unusual> {
        let Some(start) = self.value_of(key) else { return Ok(None) };
        let (number, end) = whole_number(self.json, start).ok_or(Unusual)?;
        self.go_behind(end)?;
        Ok(Some(number))
    }

    /// The text behind this key, if it is what comes next; it is only printable ASCII and has no
    /// escapes.
    pub(crate) fn text<const N: usize>(
        &mut self,
        key: &[u8; N],
    ) -> Result<Option<&'a str>, Unusual> {
        let Some(start) = self.value_of(key) else { return Ok(None) };
        let (text, end) = plain_text(self.json, start).ok_or(Unusual)?;
        self.go_behind(end)?;
        Ok(Some(text))
    }

    /// The value behind this key, if it is what comes next; how long it is, is told by what stands
    /// from its start on.
    pub(crate) fn value<const N: usize>(
        &mut self,
        key: &[u8; N],
        length_of: impl FnOnce(&str) -> Option<usize>,
    ) -> Result<Option<&'a str>, Unusual> {
        self.value_of(key).map(|start| self.value_from(start, length_of)).transpose()
    }

    /// The value of the member with this name, if it is what comes next; how long it is, is told as
    /// for [`value`](InOrder::value). A name that JSON writes with escapes is never found.
    pub(crate) fn member(
        &mut self,
        name: &str,
        length_of: impl FnOnce(&str) -> Option<usize>,
    ) -> Result<Option<&'a str>, Unusual> {
        let key = self.next_key().strip_prefix(b"\"");
        let value = key.and_then(|key| key.strip_prefix(name.as_bytes())?.strip_prefix(b"\":"));
        let start = value.map(|value| self.json.len() - value.len());
        start.map(|start| self.value_from(start, length_of)).transpose()
    }

    /// Nothing comes any more.
    pub(crate) fn end(self) -> Result<(), Unusual> {
        if self.length() == Some(self.json.len()) { Ok(()) } else { Err(Unusual) }
    }

    /// How long the object is, if no member comes any more; whatever stands behind it.
    pub(crate) fn length(&self) -> Option<usize> {
        (self.json.as_bytes().get(self.at) == Some(&b'}')).then_some(self.at + 1)
    }

    /// Where the value is behind this key, if it is what comes next. Of a key whose length is known
    /// to the compiler no function is called to compare it.
    fn value_of<const N: usize>(&self, key: &[u8; N]) -> Option<usize> {
        let is_next = self.next_key().first_chunk() == Some(key);
        is_next.then_some(self.at + 1 + N)
    }

    /// The text from the next key on; nothing behind the last.
    fn next_key(&self) -> &'a [u8] {
        match self.json.as_bytes().get(self.at..) {
            Some([b'{' | b',', next @ ..]) => next,
            _ => &[],
        }
    }

    fn value_from(
        &mut self,
        start: usize,
        length_of: impl FnOnce(&str) -> Option<usize>,
    ) -> Result<&'a str, Unusual> {
        let length = self.json.get(start..).and_then(length_of).filter(|length| *length > 0);
        let end = start + length.ok_or(Unusual)?;
        self.go_behind(end)?;
        self.json.get(start..end).ok_or(Unusual)
    }

    fn go_behind(&mut self, end: usize) -> Result<(), Unusual> {
        self.at = end;
        if matches!(self.json.as_bytes().get(end), Some(b',' | b'}')) {
            Ok(())
        } else {
            Err(Unusual)
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

/// How long the value is that a text begins with.
pub(crate) fn value_length(json: &str) -> Option<usize> {
    let bytes = json.as_bytes();
    let mut at = 0;
    match *bytes.first()? {
        b'"' => return Some(string_end(json, 1)? + 1),
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

/// Reads a number that is whole and not negative, as JSON writes those, from `start` on; says where
/// it ends, too.
fn whole_number(json: &str, start: usize) -> Option<(u64, usize)> {
    let digits = json.as_bytes().get(start..)?;
    let mut number = 0_u64;
    let mut count = 0;
    while let Some(digit) = digits.get(count).map(|byte| byte.wrapping_sub(b'0')) {
        if digit > 9 {
            break;
        }
        number = number.checked_mul(10)?.checked_add(digit.into())?;
        count += 1;
    }
    let is_number = count == 1 || (count > 1 && digits.first() != Some(&b'0'));
    is_number.then_some((number, start + count))
}

/// Reads a string that is only printable ASCII and has no escapes, from its opening quote on; says
/// where it ends, too.
pub(super) fn plain_text(json: &str, open: usize) -> Option<(&str, usize)> {
    let start = open + 1;
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
    let length = json.as_bytes().get(start..)?.iter().take_while(|byte| is_plain(byte)).count();
    let end = start + length + 1;
    let is_quote = |at: usize| json.as_bytes().get(at) == Some(&b'"');
    let text = json.get(start..start + length)?;
    (is_quote(open) && is_quote(end - 1)).then_some((text, end))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::value::RawValue;

    use super::*;

    #[test]
    fn numbers_and_texts_are_read_only_in_their_usual_form() {
        assert_eq!(whole_number("0,", 0), Some((0, 1)));
        assert_eq!(whole_number(":18446744073709551615", 1), Some((u64::MAX, 21)));
        for odd in ["", "-1", "+1", "01", "00", ".5", "18446744073709551616", "\"1\"", "é"] {
            assert_eq!(whole_number(odd, 0), None, "{odd}");
        }
        assert_eq!(plain_text(r#":"chat.say","#, 1), Some(("chat.say", 11)));
        assert_eq!(plain_text(r#""""#, 0), Some(("", 2)));
        for odd in ["", "\"", "chat", "\"a", "a\"", "\"a\\n\"", "\"\n\"", "\"é\""] {
            assert_eq!(plain_text(odd, 0), None, "{odd}");
        }
    }

    #[test]
    fn members_are_taken_in_their_order_and_no_other() {
        let json = r#"{"a":1,"c":"x","d":{"e":[]}}"#;
        let mut members = InOrder::of(json).expect("an object");
        assert_eq!(members.number(br#""a":"#).expect("a number"), Some(1));
        assert_eq!(members.number(br#""b":"#).expect("none"), None);
        assert_eq!(members.text(br#""c":"#).expect("a text"), Some("x"));
        assert_eq!(members.number(br#""a":"#).expect("none"), None);
        assert_eq!(members.value(br#""d":"#, value_length).expect("a value"), Some(r#"{"e":[]}"#));
        members.end().expect("nothing more");
        let odd = [
            "",
            "5",
            "[1]",
            "{",
            "{}",
            "{\"a\":",
            "{\"a\":}",
            "{\"a\":1",
            "{\"a\":1,",
            "{\"a\":1}x",
            "{ \"a\":1}",
            "{\"a\": 1}",
            "{\"a\":1 }",
            "{\"a\":1,\"b\":2}",
            "{\"a\":1}\"c\":2}",
        ];
        for odd in odd {
            let taken = InOrder::of(odd).and_then(|mut members| {
                members.value(br#""a":"#, value_length)?;
                members.value(br#""c":"#, value_length)?;
                members.end()
            });
            assert!(taken.is_err(), "{odd}");
        }
    }

    /// All members of an object, by names that are known.
    fn all<'a>(json: &'a str, names: &[&str]) -> Result<Vec<Option<&'a str>>, Unusual> {
        let mut members = InOrder::of(json)?;
        let all = names
            .iter()
            .map(|name| members.member(name, value_length))
            .collect::<Result<_, _>>()?;
        members.end()?;
        Ok(all)
    }

    #[test]
    fn members_are_found_by_their_names() {
        let json = r#"{"a":1,"b":[ {"c":"]}\"\\"} ],"d":"x","e":-1e5,"f":{}}"#;
        let expected = [
            Some("1"),
            Some(r#"[ {"c":"]}\"\\"} ]"#),
            None,
            Some(r#""x""#),
            Some("-1e5"),
            Some("{}"),
        ];
        let found = all(json, &["a", "b", "c", "d", "e", "f"]).expect("in order");
        assert_eq!(found, expected);
        assert!(all(json, &["b", "a", "d", "e", "f"]).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_walked_to_its_end(text in r#"[\[\]{}",:\\ a1é]{0,40}"#) {
            let _ = all(&text, &["a", "1"]);
            let _ = all(&format!("{{\"a\":{text}}}"), &["a", "1"]);
        }

        #[test]
        fn of_json_it_finds_what_serde_finds(
            values in prop::collection::vec(r#"[\[\]{}",:\\ a1é]{0,20}"#, 0..4),
        ) {
            let values: Vec<_> =
                values.iter().map(|text| serde_json::json!([text, { "k": text }])).collect();
            let json = serde_json::json!({ "all": values, "first": values.first(), "n": 5 });
            let json = json.to_string();
            let expected: std::collections::BTreeMap<String, &RawValue> =
                serde_json::from_str(&json).expect("JSON");
            let names = ["all", "first", "n"];
            let found = all(&json, &names).expect("in order");
            for (name, value) in names.iter().zip(found) {
                prop_assert_eq!(Some(expected[*name].get()), value);
            }
        }
    }
}
